"""Documents that were written to hurt, all within the length and token limits unless named so."""


def _doubled() -> str:
    links = "".join(f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}" for n in range(23))
    return "{...f0}" + links + "fragment f23 on Query{me}"


def _conflicting_aliases() -> str:
    return "{" + " ".join(f'a: hello(name: "{n}")' for n in range(250)) + "}"


def _same_field_many_times() -> str:
    return "{" + "hello " * 1_900 + "}"


def _cross_spread(count: int) -> str:
    names = " ".join(f"...f{n}" for n in range(count))
    fragments = "".join(
        f"fragment f{n} on House{{number neighbours{{number}}}}" for n in range(count)
    )
    return "{houses{" + names + "}}" + fragments


def _nested_overlap(depth: int, width: int) -> str:
    text = "number"
    for _ in range(depth):
        text = " ".join(f"neighbours{{{text}}}" for _ in range(width))
    return "{houses{" + text + "}}"


def _lists_of_lists() -> str:
    return '{ post(letter: {to: "x", pages: ' + "[" * 150 + "]" * 150 + "}) }"


def _fragment_chain() -> str:
    links = "".join(f"fragment f{n} on Query{{...f{n + 1}}}" for n in range(250))
    return "{...f0}" + links + "fragment f250 on Query{me}"


def _cycle() -> str:
    links = "".join(f"fragment f{n} on Query{{...f{(n + 1) % 200}}}" for n in range(200))
    return "{...f0}" + links


def _variables() -> str:
    declared = " ".join(f"$v{n}:Int" for n in range(300))
    return f"query({declared}){{me}}"


HOSTILE: dict[str, str] = {
    "doubled fragments": _doubled(),
    "fragment chain": _fragment_chain(),
    "fragment cycle": _cycle(),
    "deep nesting": "{houses{" + "neighbours{" * 60 + "number" + "}" * 62,
    "very deep nesting": "{houses{" + "neighbours{" * 180 + "number" + "}" * 182,
    "inline fragments": "{" + "...{" * 150 + "me" + "}" * 151,
    "many aliases": "{" + " ".join(f"a{n}:me" for n in range(400)) + "}",
    "conflicting aliases": _conflicting_aliases(),
    "same field": _same_field_many_times(),
    "cross spread": _cross_spread(110),
    "nested overlap": _nested_overlap(6, 3),
    "wide overlap": _nested_overlap(2, 17),
    "repeated directives": "{me" + "@skip(if:false)" * 250 + "}",
    "directives everywhere": "{" + "me@skip(if:false)" * 200 + "}",
    "unknown directives": "{me" + "@x" * 600 + "}",
    "unknown fields": "{" + " ".join(f"nothing{n}" for n in range(1_900)) + "}",
    "unknown arguments": "{hello(" + " ".join(f"a{n}:1" for n in range(600)) + ")}",
    "unused variables": _variables(),
    "unused fragments": "{me}" + "".join(f"fragment f{n} on Query{{me}}" for n in range(280)),
    "many operations": "".join(f"query q{n}{{me}}" for n in range(390)),
    "lists of lists": _lists_of_lists(),
    "long list": '{post(letter:{to:"x",pages:[' + "1," * 1_900 + "1]})}",
    "long list of wrong values": '{post(letter:{to:"x",pages:[' + "a," * 1_900 + "a]})}",
    "huge number": '{post(letter:{to:"x",pages:[' + "9" * 19_000 + "]})}",
    "huge first": "{houses(first:" + "9" * 19_000 + "){number}}",
    "pages of pages": "{houses(first:100){neighbours(first:100){neighbours(first:100){number}}}}",
    "huge string": '{hello(name:"' + "x" * 19_000 + '")}',
    "block string": '{hello(name:"""' + "\n " * 9_000 + '""")}',
    "comments": "#\n" * 9_000 + "{me}",
    "braces": "{" * 19_000,
    "too long": "{me" + " " * 20_000 + "}",
    "too many tokens": "{" + "me " * 2_000 + "}",
    "introspection of introspection": "{__schema{types{" + "fields{type{" * 8 + "name" + "}" * 19,
}
