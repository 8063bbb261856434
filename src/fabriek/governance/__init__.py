"""What a project, a dataset or a model may be used for, and until when."""
