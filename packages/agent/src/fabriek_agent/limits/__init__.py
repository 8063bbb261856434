"""Limits over the whole process tree of one run: by cgroup, by a systemd scope, or by watching."""

from fabriek_agent.limits.cgroup_v1 import CgroupV1
from fabriek_agent.limits.cgroup_v2 import CgroupV2
from fabriek_agent.limits.contract import Limits, Reading, Tree
from fabriek_agent.limits.scope import SystemdScope
from fabriek_agent.limits.watching import Watching
from fabriek_agent.spec import NodeConfig, RunSpec

__all__ = ["Limits", "Reading", "Tree", "make_limits"]


def make_limits(spec: RunSpec, node: NodeConfig, tree: Tree) -> Limits:
    """The limits of the kind the node has, set up for one run; OSError where that fails."""
    if node.limits == "cgroup-v1":
        return CgroupV1(spec, node.cgroup_parent)
    if node.limits == "cgroup-v2":
        return CgroupV2(spec, node.cgroup_parent)
    if node.limits == "systemd-scope":
        return SystemdScope(spec)
    return Watching(spec, tree)
