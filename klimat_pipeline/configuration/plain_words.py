"""What a field of an edited file may hold, in words for the person who edits it.

What does not belong here: which fields there are (each file's own form), and where in a file a fault lies
(``yaml_file``, ``csv_file``).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_NUMBER = "expected a number such as 12.5 (a decimal point, no quotes, no spaces)"
_WHOLE = "expected a whole number such as 2030 (no quotes)"
_DATE = "expected a date such as 2025-06-10"
_FIELDS = "expected fields, each on a line of its own below it and indented"
#: What was expected, by the kind of fault that pydantic names.
_EXPECTED = {
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "string_type": 'expected text; put what looks like a number or a date in quotes, such as "1283"',
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "list_type": "expected a list, each entry on a line of its own after '- '",
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
    "literal_error": "expected {expected}",
    "greater_than_equal": "expected {ge} or more",
    "greater_than": "expected more than {gt}",
    "less_than_equal": "expected {le} or less",
    "less_than": "expected less than {lt}",
    "too_short": "expected at least {min_length} of them, found {actual_length}",
}
#: Forms of texts by their pattern, without ^ and $.
_FORMS = {
    r"\S": "a text that is not empty",
    r"\S+/\S+": "a unit such as kg/MWh",
    r"\d{4}": "four digits, such as 1283",
    r"[0-9]{4}": "four digits, such as 1283",
    r"\d{4}-\d{4}": "a range of years such as 2018-2021",
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?": "a year, a month or a day, such as 2023, 2023-11 or 2023-11-30",
    r"[0-9]{6}-?[0-9]{4}": "an organisation number such as 556000-1234",
    r"\d{2}[2-9]\d{7}": "the organisation number of a company, ten digits such as 5560001234",
    r"\d{2}[2-9]\d{3}-?\d{4}": "the organisation number of a company, such as 5560001234 or 556000-1234",
    r"[A-Z]{3}": "the three letters of a currency, such as EUR",
    r"[a-z0-9][a-z0-9-]*": "lower-case letters a-z, digits and hyphens, such as port-2018",
    r"[a-z][a-z0-9_]*": "lower-case letters a-z, digits and _, beginning with a letter, such as waste_heat",
    r"\*|[a-z][a-z0-9_]*": "a star for all, or lower-case letters a-z, digits and _, such as food",
    r"[a-z][a-z0-9_]*( [a-z][a-z0-9_]*)*": "names of lower-case letters a-z, digits and _, separated by single spaces",
    r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?": "a line, or a line and its part, such as heating/district_heating",
    r"(BAS )?\d{1,10}": "the first digits of an account number, such as 64; BAS 64 in a BAS chart",
    r"\d{1,10}": "digits, such as 6410",
    r"\d{2}": "two digits",
    r"\d{2}|\d{4}": "two or four digits",
    r"\d{2,5}": "two to five digits",
    r"\d{2,6}": "two to six digits",
    r"\d{2,8}": "two to eight digits of the CPV",
    r"\d{2,8}(-\d)?": "a CPV code such as 15500000-3, or its first digits",
    r"\d{2}\.?\d{0,3}": "an SNI code such as 49.310 or 49310",
    r"[0-9]+\*?( [0-9]+\*?)*": "account numbers separated by spaces; a star stands for any ending, such as 64* 6510",
}


def form(pattern: str) -> str:
    """Words for the form that a text must have.

    Args:
        pattern: a regular expression that it must match in full.
    """
    inner = pattern.removeprefix("^").removesuffix("$")
    return _FORMS.get(inner, f"the form {inner}")


def expected(fault: "ErrorDetails") -> str:
    """Words for what a field should hold instead, without what was found.

    Args:
        fault: as pydantic describes it (``ValidationError.errors``).
    """
    context = fault.get("ctx") or {}
    if fault["type"] == "string_pattern_mismatch":
        return f"expected {form(context['pattern'])}"
    words = _EXPECTED.get(fault["type"])
    context = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
    return words.format(**context) if words else fault["msg"].removeprefix("Value error, ")
