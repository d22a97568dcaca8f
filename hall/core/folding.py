"""Templates whose unchanging parts are written once: neighbouring text, translated words, icons and fixed addresses.

A page of the hall says some hundred fixed things; each costs a look-up and an escape, every time. The loader puts such
neighbours into one node that keeps its text for each language. What a page prints stays the same.
"""

from typing import Any

from django.template import Context, Node, NodeList, Template, Variable
from django.template.base import FilterExpression, TextNode
from django.template.defaulttags import AutoEscapeControlNode, IfNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hall.core.templatetags.hall import hall_version, icon


class Same(Node):
    """Nodes that print the same in one language at one address of the hall."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node]):
        self.nodes = nodes
        self.said: dict[Any, SafeString] = {}
        self.linked = any(isinstance(node, URLNode) for node in nodes)

    def render(self, context: Context) -> SafeString:
        where = (get_language(), get_urlconf(), get_script_prefix()) if self.linked else get_language()
        if where not in self.said:
            self.said[where] = SafeString("".join(str(node.render_annotated(context)) for node in self.nodes))
        return self.said[where]


class Folding(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, Folding):
    """Django's loader that reads each template once, and folds it before it is kept."""


def fold(nodes: NodeList) -> None:
    """Put neighbours that print the same into one node, here and in all tags inside. Not where escaping is switched."""
    folded: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if isinstance(node, TextNode) or _is_fixed(node):
            run.append(node)
            continue
        folded += [*_folded(run), node]
        run = []
        for inside in _inside(node):
            fold(inside)
    nodes[:] = [*folded, *_folded(run)]


def _folded(run: list[Node]) -> list[Node]:
    return run if all(isinstance(node, TextNode) for node in run) else [Same(run)]


def _inside(node: Node) -> list[NodeList]:
    if isinstance(node, AutoEscapeControlNode):
        return []
    if isinstance(node, IfNode):
        return [nodes for _condition, nodes in node.conditions_nodelists]
    return [nodes for name in node.child_nodelists if (nodes := getattr(node, name, None))]


def _is_fixed(node: Node) -> bool:
    """Does it print the same on every page? No variable in it, and nothing put into the context."""
    if isinstance(node, TranslateNode):
        return not node.asvar and _is_literal(node.filter_expression, node.message_context)
    if isinstance(node, URLNode):
        return not (node.asvar or node.args or node.kwargs) and _is_literal(node.view_name)
    if isinstance(node, StaticNode):
        return not node.varname and _is_literal(node.path)
    if isinstance(node, SimpleNode) and node.func in (icon, hall_version):
        return not (node.target_var or node.kwargs) and _is_literal(*node.args)
    return False


def _is_literal(*expressions: FilterExpression | None) -> bool:
    return all(
        said is None
        or (
            not said.filters
            and (isinstance(said.var, str) or (isinstance(said.var, Variable) and said.var.lookups is None))
        )
        for said in expressions
    )
