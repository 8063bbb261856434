"""Templates for jobs: content in a folder each, and the few rules that all of them share."""
