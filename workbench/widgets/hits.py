"""What the retriever shows: best clips of each model side by side and pairs of captions, as escaped HTML, and its status line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from workbench.retrieval.pool import Pool
from workbench.widgets.search import Found, Hit, Pair, Sentence

Picture = Callable[[int], str]  # address of the moving picture of a row

# Colours come from JupyterLab's theme, as in static/explorer.css. Rows have room for a long caption, so that those of two models stand level.
STYLE = """<style>
.wbr { line-height: 1.4; font-size: 13px; color: var(--jp-ui-font-color1, #222); }
.wbr-models { display: grid; grid-template-columns: repeat(auto-fit, minmax(360px, 1fr)); gap: 4px 24px; }
.wbr h3 { font-size: 14px; font-weight: 600; margin: 0; }
.wbr p { margin: 0 0 6px; }
.wbr .wbr-dim { color: var(--jp-ui-font-color2, #666); font-size: 12px; }
.wbr ol { list-style: none; margin: 0; padding: 0; }
.wbr li { display: flex; gap: 12px; padding: 5px 6px; margin: 0 0 4px; min-height: 108px; border-left: 4px solid transparent; }
.wbr li.wbr-true { border-left-color: #009E73; background: var(--jp-layout-color2, #f4f4f4); }
.wbr li img { width: 88px; height: 88px; image-rendering: pixelated; object-fit: contain; background: #808080; border-radius: 5px; flex: none; margin: 0; }
.wbr li > div { min-width: 0; overflow-wrap: anywhere; }
.wbr .wbr-facts span { white-space: nowrap; margin-right: 8px; }
.wbr table { border-collapse: collapse; margin: 4px 0; font-size: 12px; }
.wbr th, .wbr td { text-align: left; padding: 2px 14px 2px 0; border: 0; border-bottom: 1px solid var(--jp-border-color2, #ddd); font-weight: 400; background: none; }
.wbr thead th { color: var(--jp-ui-font-color2, #666); }
</style>"""
VERDICT = {"true": "✓ the true one", "exchanged": "✗ the exchanged one", "neither": "= neither"}


def found_html(found: Sequence[Found], picture: Picture, pool: int, shift: str) -> str:
    """One column a model with its best clips; `pool` clips were searched, under `shift` (empty: clean)."""
    columns = "".join(
        f'<section aria-label="Best clips of {escape(one.model)}"><h3>{escape(one.model)}</h3>'
        f'<p class="wbr-dim">head: {escape(one.head)}</p><p>{rank_words(one, pool, shift)}</p>'
        f"<ol>{''.join(_hit(hit, picture, shift) for hit in one.hits)}</ol></section>"
        for one in found
    )
    return f'{STYLE}<div class="wbr"><div class="wbr-models">{columns}</div></div>'


def rank_words(found: Found, pool: int, shift: str) -> str:
    """The rank of the best true clip in words."""
    if found.rank is None or found.clean is None:
        return "No clip is known to be true of this sentence, so there is no rank."
    before = f", clean {found.clean:,.4g}" if shift else ""
    return f"Best true clip: rank <b>{found.rank:,.4g}</b> of {pool:,}{before}, by chance {found.chance:,.4g}."


def pairs_html(pairs: Sequence[Pair], models: Sequence[str], clip: int) -> str:
    """A table of the exchanged words, and which caption each model finds nearer to the `clip`."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in models)
    rows = "".join(
        f'<tr title="{escape(pair.caption, quote=True)}"><td>{escape(pair.kind)}</td>'
        f"<td>{escape(pair.was)} → {escape(pair.becomes)}</td>"
        + "".join(_verdict(pair, model) for model in range(len(models)))
        + "</tr>"
        for pair in pairs
    )
    right = "".join(
        f"<td><b>{sum(pair.nearer(model) == 'true' for pair in pairs)} of {len(pairs)}</b></td>"
        for model in range(len(models))
    )
    return (
        f'{STYLE}<div class="wbr"><h3>One word exchanged: which caption is nearer to clip {clip}?</h3><table><thead><tr>'
        f'<th scope="col">kind</th><th scope="col">was → becomes</th>{head}</tr></thead><tbody>{rows}'
        f"<tr><td></td><td>the true one nearer</td>{right}</tr></tbody></table>"
        '<p class="wbr-dim">In brackets the cosines of the true and of the exchanged caption. A guess is right in one half.</p></div>'
    )


def told(pool: Pool, sentence: Sentence, found: Sequence[Found]) -> Iterator[str]:
    """What is to know of what is shown, sentence by sentence."""
    if sentence.true is None:
        known = "made of the captions' phrases" if pool.by_factors else "one of the captions"
        yield f"The sentence is not {known}, so what it is true of is not known: no clip is marked."
    else:
        stated = "; ".join(f"{name}: {word}" for name, word in sentence.stated.items())
        yield f"The sentence states {stated}." if stated else "The sentence is a caption of the pool."
        yield f"It is true of {int(sentence.true.sum()):,} of {len(pool.clips):,} test clips of {pool.clips.name}."
    if found[0].asked != sentence.text:
        yield f"Under the shift it reads: {found[0].asked!r}."
    for one in found:
        if one.limit:
            yield f"The text tower of {one.model} reads {one.limit} tokens: the end of the sentence is cut off."
    yield pool.note


def _verdict(pair: Pair, model: int) -> str:
    true, wrong = pair.cosines[model]
    return f'<td>{VERDICT[pair.nearer(model)]} <span class="wbr-dim">({true:.3f}, {wrong:.3f})</span></td>'


def _hit(hit: Hit, picture: Picture, shift: str) -> str:
    place = f"{hit.first:,}" + (f"–{hit.last:,}" if hit.last > hit.first else "")
    mark = {True: "<b>✓ true</b>", False: "✗ not true", None: "not known"}[hit.true]
    before = f" (clean {hit.clean:,})" if shift else ""
    facts = " ".join(f"<span>{'✓' if has else '✗'} {escape(word)}</span>" for word, has in hit.has.items())
    caption = escape(hit.caption, quote=True)
    return (
        f'<li class="{"wbr-true" if hit.true else ""}"><img class="wbx-clip" src="{picture(hit.row)}" alt="clip {hit.clip}: {caption}">'
        f"<div><div><b>{place}</b>{before} · score {hit.score:.3f} · {mark} "
        f'<span class="wbr-dim">clip {hit.clip}</span></div><div>{caption}</div>'
        f'<div class="wbr-facts wbr-dim">{facts}</div></div></li>'
    )
