"""{% each row in rows %} … {% endeach %}: a loop for long tables. What does not name the row is rendered once.

Takes what {% for %} takes with one variable, without forloop and empty. `{{ row.name }}` and `{% if row.name %}` cost a tenth
of what the loop of Django costs; anything else that names the row is rendered as Django does it, row by row.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, TextNode, Token, VariableNode, render_value_in_context
from django.template.defaulttags import IfNode, TemplateLiteral
from django.utils.safestring import SafeString

Part = str | Callable[[Any, Context], str]
Plan = list[Callable[[Context], Part]]  # each answers text that is the same for all rows, or how to write one row's


class Each(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, name: str, rows: FilterExpression, nodelist: NodeList):
        self.name, self.rows, self.nodelist = name, rows, nodelist
        self.plan = _plan(nodelist, name)

    def render(self, context: Context) -> str:
        rows = self.rows.resolve(context, ignore_failures=True) or ()
        with context.push():
            parts = _parts(self.plan, context)
            return SafeString("".join(text for row in rows for text in self._texts(parts, row, context)))

    def _texts(self, parts: list[Part], row: Any, context: Context) -> Iterator[str]:
        context[self.name] = row
        return _texts(parts, row, context)


def _plan(nodes: NodeList, name: str) -> Plan:
    return [_step(node, name) for node in nodes]


def _parts(plan: Plan, context: Context) -> list[Part]:
    """What the plan comes to on this page, neighbouring text put together."""
    found: list[Part] = []
    for step in plan:
        part = step(context)
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


def _texts(parts: list[Part], row: Any, context: Context) -> Iterator[str]:
    return (part if isinstance(part, str) else part(row, context) for part in parts)


def _step(node: Node, name: str) -> Callable[[Context], Part]:
    if isinstance(node, TextNode) or not _names_row(node, name):
        return lambda context: str(node.render_annotated(context))
    if isinstance(node, VariableNode) and (column := _column(node.filter_expression, name)):
        cell = _cell(column)
        return lambda _context: cell
    if isinstance(node, IfNode) and (choice := _choice(node, name)):
        return choice
    return lambda _context: lambda _row, context: str(node.render_annotated(context))


def _names_row(node: Node, name: str) -> bool:
    """Might it show the row? Read from the words of the tag and of all tags inside it."""
    inside = node.get_nodes_by_type(Node)
    return any(not each.token or name in each.token.contents or _has_elif(each) for each in inside)


def _has_elif(node: Node) -> bool:
    """The words of {% elif %} are in no token that is kept."""
    return isinstance(node, IfNode) and any(condition for condition, _nodes in node.conditions_nodelists[1:])


def _column(expression: Any, name: str) -> str:
    """The attribute in `row.name`; empty for anything longer."""
    if not isinstance(expression, FilterExpression) or expression.filters:
        return ""
    first, _, rest = expression.token.partition(".")
    return rest if first == name and rest.isidentifier() else ""


def _choice(node: IfNode, name: str) -> Callable[[Context], Part] | None:
    """`{% if row.name %} … {% else %} … {% endif %}` with nothing else in the condition."""
    (condition, yes), *others = node.conditions_nodelists
    column = _column(condition.value, name) if isinstance(condition, TemplateLiteral) else ""
    if not column or len(others) > 1 or (others and others[0][0] is not None):
        return None
    plans = _plan(yes, name), _plan(others[0][1], name) if others else []

    def chosen(context: Context) -> Part:
        then, instead = (_parts(plan, context) for plan in plans)
        return lambda row, context: "".join(_texts(then if _get(row, column) else instead, row, context))

    return chosen


def _get(row: Any, column: str) -> Any:
    return row.get(column, "") if isinstance(row, dict) else getattr(row, column, "")


def _cell(column: str) -> Callable[[Any, Context], str]:
    def cell(row: Any, context: Context) -> str:
        value = _get(row, column)
        return (
            escape(value)
            if type(value) is str
            else render_value_in_context(value() if callable(value) else value, context)
        )

    return cell


def compiled(parser: Parser, token: Token) -> Each:
    """The tag. TemplateSyntaxError if it does not read `each NAME in ROWS`."""
    words = token.split_contents()
    if len(words) != 4 or words[2] != "in" or not words[1].isidentifier():
        raise TemplateSyntaxError("Write {% each row in rows %} … {% endeach %}.")
    nodelist = parser.parse(("endeach",))
    parser.delete_first_token()
    return Each(words[1], parser.compile_filter(words[3]), nodelist)
