"""Days as ledgers write them: one reading, a stated one, or none."""

from datetime import date
from typing import get_args

import pytest

from klimat_pipeline.configuration.spend import DateForms
from klimat_pipeline.spend.ledger import dates
from klimat_pipeline.spend.ledger.dates import DateForm, date_form, day, period_of_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("20230115", date(2023, 1, 15)),
        ("15/01/2023", date(2023, 1, 15)),  # there is no month 15
        ("01/15/2023", date(2023, 1, 15)),
        ("03/04/2023", None),  # 3 April, or 4 March
        ("03.04.2023", date(2023, 4, 3)),  # points are never American
        ("2023-01-15T10:00:00", date(2023, 1, 15)),
        ("2023-01-15 10:00", date(2023, 1, 15)),
        ("2023-12-31T23:00:00Z", date(2024, 1, 1)),  # midnight in Sweden
        ("2023-06-30 22:00:00+00:00", date(2023, 7, 1)),
        ("2023-06-30 21:59:59Z", date(2023, 6, 30)),
        ("2023-07-01T00:00:00+02:00", date(2023, 7, 1)),
        ("2023-11", date(2023, 11, 1)),
        ("2023/11", date(2023, 11, 1)),
        ("2023M11", date(2023, 11, 1)),
        ("2023-P3", date(2023, 3, 1)),
        ("20230302T235959", date(2023, 3, 2)),
        ("14032023", date(2023, 3, 14)),  # neither a month 14, nor a month 20 of 1403
        ("03142023", date(2023, 3, 14)),
        ("03042023", None),  # 3 April, or 4 March
        ("20112011", date(2011, 11, 20)),
        ("2023_11", date(2023, 11, 1)),
        ("05-JAN-23", date(2023, 1, 5)),  # as Oracle writes it
        ("05JAN2023", date(2023, 1, 5)),  # as SAS does
        ("05 Jan 23", date(2023, 1, 5)),
        ("5/1-23", date(2023, 1, 5)),  # the day is first where a hyphen comes before the year
        ("v. 5 2023", date(2023, 2, 2)),  # the Thursday of week 5
        ("vecka 5 2023", date(2023, 2, 2)),
        ("5 januari", None),
        ("32 jan 23", None),
        ("202311", None),  # a period only where the file says so
        ("230707", None),
        ("23-07-07", None),
        ("45000", None),
        ("2023-13-01", None),
        ("0023-01-01", None),
        ("infinity", None),
    ],
)
def test_a_text_that_means_one_day(text: str, expected: date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["202311", "202312"], "YYYYMM"),  # 20 as a year and 23 as a month is none
        (["201112", "202301"], "YYYYMM"),
        (["201112"], ""),  # November 2012, or 12 November 2020
        (["230707", "201231"], ""),
        (["202312", "202313"], "YYYYMM"),  # the period in which the year is closed
        (["202314"], ""),
        (["03/04/2023", "13/04/2023"], "DD/MM/YYYY"),
        (["03/04/2023", "04/13/2023"], "MM/DD/YYYY"),
        (["03/04/2023"], ""),
        (["13/04/2023", "04/13/2023"], ""),
        (["03042023", "13042023"], "DD/MM/YYYY"),
        (["03042023", "04132023"], "MM/DD/YYYY"),
        (["2023-03-04", ""], ""),
    ],
)
def test_the_other_dates_of_a_file_tell(texts: list[str], form: str) -> None:
    assert date_form(texts) == DateForm(form)


def test_a_column_of_periods_says_so_by_its_name() -> None:
    assert date_form(["201112"], is_period=True).form == "YYYYMM"


def test_times_that_are_all_midnight_in_utc() -> None:
    form = date_form(["2022-12-31 23:00:00", "2023-06-30 22:00:00"])
    assert [day(text, form) for text in ("2022-12-31 23:00:00", "2023-06-30 22:00:00")] == [
        date(2023, 1, 1),
        date(2023, 7, 1),
    ]
    assert not date_form(["2022-12-31 23:00:00", "2023-06-30 10:00:00"]).from_utc


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("YYMMDD", "201231", date(2020, 12, 31)),
        ("DDMMYY", "311220", date(2020, 12, 31)),
        ("MM/DD/YYYY", "03/04/2023", date(2023, 3, 4)),
        ("MM/DD/YYYY", "13/04/2023", None),
        ("DD/MM/YY", "03/04/23", date(2023, 4, 3)),
        ("YY-MM-DD", "23-04-03", date(2023, 4, 3)),
        ("YYYYMM", "201112", date(2011, 12, 1)),
        ("YYYYMM", "202313", date(2023, 12, 1)),
        ("", "2023-13", date(2023, 12, 1)),
        ("DDMMYYYY", "03042023", date(2023, 4, 3)),
        ("MM/DD/YYYY", "03042023", date(2023, 3, 4)),
        ("excel", "45000", date(2023, 3, 15)),
        ("excel", "45000,75", date(2023, 3, 15)),
        ("excel-1904", "43538", date(2023, 3, 15)),  # 1,462 days fewer: four years and a day
        ("YYMMDD", "2023-03-15", date(2023, 3, 15)),
    ],
)
def test_a_stated_form(form: str, text: str, expected: date | None) -> None:
    assert day(text, DateForm(form)) == expected


def test_the_settings_know_every_form() -> None:
    assert set(get_args(DateForms)) == {*dates.FORMS, dates.YEAR, dates.EXCEL, dates.EXCEL_1904}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Orebro.2016-03.xlsx", "2016-03-01"),
        ("a/b 2019-01/ledger_201603.csv", "2016-03-01"),
        ("reskontra mars 2016.csv", "2016-03-01"),
        ("levreskontra_2023_q2.csv", "2023-04-01"),
        ("2022.csv", "2022-01-01"),
        ("2016-03 till 2016-05.csv", ""),
        ("mars april 2016.csv", ""),
        ("2016 2017.csv", ""),
        ("ledger.csv", ""),
        ("lev_2023_Q3_exp20240115.csv", "2023-07-01"),
        ("reskontra 2024-02-03.csv", ""),
        ("2023-03 q2.csv", ""),
    ],
)
def test_a_period_in_a_files_name(name: str, expected: str) -> None:
    assert period_of_name(name) == expected
