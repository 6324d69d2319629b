"""One test about many items (files, tables, columns) that looks at all of them and lists every fault."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping

import pytest


def for_each(**of: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hand a test each item in turn as the argument of that name, and fail once, with all items that are wrong.

    ``pytest.mark.parametrize`` is for examples of different kinds, each with a name in the report. Here the items are
    many and alike, and the assertions in the test are those of a single item.

    Args:
        of: the test's argument, and its items; a mapping names them, else they are named by their text.
    """
    ((argument, given),) = of.items()
    items = dict(given) if isinstance(given, Mapping) else {str(item): item for item in given}

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name != argument]

        @functools.wraps(test)
        def look_at_all(*instance: object, **others: object) -> None:
            wrong = []
            for name, item in items.items():
                try:
                    test(*instance, **{argument: item}, **others)
                except (Exception, pytest.fail.Exception) as error:
                    wrong.append(f"{name}: {type(error).__name__}: {error}")
            assert items, "nothing to look at"
            if wrong:
                pytest.fail(f"{len(wrong)} of {len(items)}:\n" + "\n".join(wrong), pytrace=False)

        look_at_all.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return look_at_all

    return decorate
