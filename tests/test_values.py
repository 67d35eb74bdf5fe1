"""Every value that the tables have for outcome, verdict, completeness and reason has a sentence."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

from archive import outcomes
from archive.config import PolicySettings
from archive.tables import verdicts
from archive.types import NO_ARTICLE, Completeness
from crawlers.wire import FailureKind
from pipelines.body.site_templates import REASON
from pipelines.boilerplate.reasons import REASONS
from pipelines.classifier.thresholds import BESIDE_TEXT
from pipelines.fold.versions import _WALLS
from pipelines.metadata.rights import _MEANS
from pipelines.page import elements
from pipelines.text.phrases import OPENING

ROOT = Path(__file__).parents[1]
WORDS = {"archive/outcomes.py", "archive/tables/verdicts.py"}  # where the sentences stand


def nodes(*patterns: str) -> Iterator[ast.AST]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if str(path.relative_to(ROOT)) not in WORDS:
                yield from ast.walk(ast.parse(path.read_text()))


def constants(tree: ast.AST | None) -> Iterator[str]:
    """The texts that an expression may give: not those that it compares with."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    elif isinstance(tree, ast.IfExp):
        yield from (*constants(tree.body), *constants(tree.orelse))
    elif isinstance(tree, ast.BoolOp | ast.Tuple):
        for part in tree.values if isinstance(tree, ast.BoolOp) else tree.elts:
            yield from constants(part)


def first_arguments(names: set[str], *patterns: str) -> set[str]:
    """The texts that come first in calls of *names*."""
    calls = (n for n in nodes(*patterns) if isinstance(n, ast.Call) and n.args)
    return {
        text
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in names
        for text in constants(call.args[0])
    }


def returned(function: str, *patterns: str) -> set[str]:
    found = (n for n in nodes(*patterns) if isinstance(n, ast.FunctionDef) and n.name == function)
    returns = (n for one in found for n in ast.walk(one) if isinstance(n, ast.Return))
    return {text for one in returns for text in constants(one.value)}


def named(name: str, *patterns: str) -> set[str]:
    """The texts that variables and keys called *name* get."""
    found: set[str] = set()
    for node in nodes(*patterns):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                found |= set(constants(value)) if name in set(constants(key)) else set()
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    found |= set(constants(node.value))
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=True)
                    found |= {
                        text
                        for one, value in pairs
                        if isinstance(one, ast.Name) and one.id == name
                        for text in constants(value)
                    }
    return found


def outcomes_in_code() -> set[str]:
    failures = {*get_args(FailureKind), *get_args(outcomes.CutKind)}
    failures |= first_arguments({"FetchFailed", "Unreached"}, "crawlers/**/*.py")
    answers: list[Callable[[], str]] = [
        lambda: outcomes.of_answer(200, None),
        lambda: outcomes.of_answer(402, None),
        lambda: outcomes.of_answer(429, None),
        lambda: outcomes.of_answer(304, "server-not-modified"),
        lambda: outcomes.of_answer(200, "identical-payload-digest"),
    ]
    return {
        *map(outcomes.of_failure, failures),
        *(answer() for answer in answers),
        *(f"blocked:{kind}" for kind in first_arguments({"Blocked"}, "crawlers/**/*.py")),
        *returned("refused_by_rules", "crawlers/discovery/leads.py"),
        *named("outcome", "crawlers/capture/*.py", "pipelines/derive/*.py"),
        *(outcomes.REDIRECTED, outcomes.LOST, *outcomes.NOT_REACHED, "error:http_<status>"),
    }


def test_each_outcome_has_a_sentence_and_each_sentence_an_outcome() -> None:
    assert outcomes_in_code() == outcomes.OUTCOMES.keys()


def test_the_status_of_an_answer_stands_in_the_sentence() -> None:
    assert outcomes.in_words("error:http_503") == "the server answered with status 503"
    assert outcomes.in_words("robots").endswith("robots.txt forbids it")
    assert outcomes.in_words("error:unheard_of") == "error:unheard_of"


def test_each_verdict_has_a_sentence_and_each_sentence_a_verdict() -> None:
    code = first_arguments({"Verdict"}, "pipelines/fold/*.py")
    assert code - {"not_article:unknown"} == verdicts.VERDICTS.keys()
    assert {*_MEANS, "tdm"} == verdicts.SIGNALS.keys()
    why = {*NO_ARTICLE, *_WALLS, *_MEANS, "tdm", "unknown"}
    assert why == verdicts.NO_ARTICLE_FOR.keys()
    assert verdicts.in_words("not_article:list") == "no article: a list of other pages"


def test_each_completeness_has_a_sentence() -> None:
    assert verdicts.COMPLETENESS.keys() == set(get_args(Completeness))


def test_the_signals_are_those_that_a_policy_may_respect() -> None:
    PolicySettings.model_validate({"respect": list(verdicts.SIGNALS)})


def reasons_in_code() -> set[str]:
    rules = "pipelines/boilerplate/line_rules.py"
    edges, repeats = "pipelines/boilerplate/edges.py", "pipelines/boilerplate/repeats.py"
    found = {*elements.REASONS, *OPENING.groupindex, BESIDE_TEXT, REASON}
    found |= first_arguments({"BoxReason"}, "pipelines/boilerplate/boxes.py")
    for function in ("reason_against", "_reason_in_few_words", "notice_in", "linked_line"):
        found |= returned(function, rules)
    found |= returned("_reason_against_likely", "pipelines/body/choice.py")
    for node in nodes(edges, repeats):
        if isinstance(node, ast.Yield) or (
            isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
        ):
            found |= set(constants(node.value))
    return found


def test_each_reason_for_a_cut_has_a_sentence_and_each_sentence_a_reason() -> None:
    assert reasons_in_code() == REASONS.keys()
