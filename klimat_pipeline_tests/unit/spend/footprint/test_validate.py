"""What a municipality says about its ledgers is looked over before anything is read."""

from pathlib import Path

import pytest

from klimat_pipeline.configuration.file_names import misspelt
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.footprint.validate import check_ledger_configuration, other_sets
from klimat_pipeline.spend.ledger.reference import load_ledger_reference, rules_of
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.spend.small import REFERENCE

RULES = "rule,kind,accounts,text_pattern,counts,reason\n"


def test_a_pattern_is_asked_of_the_engine_that_runs_it(tmp_path: Path) -> None:
    """Python knows look-ahead, RE2 does not."""
    (tmp_path / "ledger_rules.csv").write_text(RULES + "fine,other,,moms,false,r\nahead,other,,(?!moms)x,false,r\n")
    with pytest.raises(ProblemsError) as stopped:
        rules_of(tmp_path, load_ledger_reference(REFERENCE))
    (problem,) = stopped.value.problems
    assert problem.startswith(f"{tmp_path.name}/ledger_rules.csv:3: column text_pattern: no regular expression")
    assert "found '(?!moms)x'" in problem


def test_a_misspelt_name_is_told(tmp_path: Path) -> None:
    for name in ("spend_acounts.csv", "ledger_rule.csv", "spend.yml", "spend_accounts.csv", "README.md"):
        (tmp_path / name).write_text("")
    told = misspelt([tmp_path])
    assert len(told) == 3
    assert f"{tmp_path.name}/spend_acounts.csv" in told[2] and "nearest: spend_accounts.csv" in told[2]


def test_everything_wrong_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_LEDGER_PLACES", "memory://bucket")
    folder = tmp_path / "1283_helsingborg"
    folder.mkdir()
    (folder / "ledger_rules.csv").write_text(RULES + "ahead,other,,(?=x),false,r\n")
    (folder / "spend_acounts.csv").write_text("")
    (folder / "spend_accounts.csv").write_text("account_prefix,category,reason\n64,nonsense,why\n")
    section = SpendSettings(ledgers=["absent.csv", "nosuch://x/y.csv", "memory://bucket/l.csv"])
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ProblemsError) as stopped:
        check_ledger_configuration(settings, {"1283": (folder, section)}, tmp_path)
    said = "\n".join(stopped.value.problems)
    for part in ("absent.csv", "nosuch://", "ledger_rules.csv:2", "spend_acounts.csv", "'nonsense'"):
        assert part in said
    assert "bucket" not in said


def test_purchases_in_other_potentials_than_the_activities_are_told_before_a_refresh() -> None:
    """9999 has ledgers and the Swedish factors in AR5; who has no ledger has nothing to mix."""
    settings = Settings(project_dir=REPOSITORY)
    (problem,) = other_sets(settings, {"9999": "AR4", "1283": "AR6"})
    assert problem.startswith("9999_example/spend.yaml: factor_set figaro_se_2023 is in CO2e of AR5")
    assert other_sets(settings, {"9999": "AR5"}) == []


def test_a_mapped_column_that_no_ledger_has_is_told_with_the_nearest(tmp_path: Path) -> None:
    """One file has the column, in other letters' case; the other name is a slip of the pen."""
    folder = tmp_path / "1283_helsingborg"
    (folder / "ledger").mkdir(parents=True)
    (folder / "ledger" / "a.csv").write_text("Konto;Summa netto;Bokförd den\n4110;1,00;2023-01-01\n", encoding="cp1252")
    (folder / "ledger" / "b.csv").write_text("Konto;Annat\n", encoding="utf-8")
    columns = {"SUMMA NETTO": "amount", "Bokford dn": "booked_on", "Xyz": "unit"}
    with pytest.raises(ProblemsError) as stopped:
        check_ledger_configuration(
            Settings(data_dir=tmp_path), {"1283": (folder, SpendSettings(columns=columns))}, tmp_path
        )
    first, second = stopped.value.problems
    start = "1283_helsingborg/municipality.yaml: spend.columns: no ledger has a column "
    assert first.startswith(start + "'Bokford dn' (nearest: 'Bokförd den')")
    assert second.startswith(start + "'Xyz' (they have 'Konto', 'Summa netto', 'Bokförd den', 'Annat')")


def test_names_in_the_folder_for_everybody_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "_all"
    folder.mkdir()
    for name in ("facilites.csv", "folow_up.yaml", "facility_shares.example.csv", "follow_up.yaml", "neutrality.yaml"):
        (folder / name).write_text("")
    told = misspelt([folder, tmp_path / "absent"])
    assert len(told) == 2
    assert "_all/facilites.csv" in told[0] and "nearest: facilities.csv" in told[0]


def test_the_template_shows_every_setting_with_its_default() -> None:
    import yaml

    from klimat_pipeline.configuration.template import _MUNICIPALITY

    filled = _MUNICIPALITY.format(code="1281", name="Lund", base=1990, trend=1990)
    shown = "\n".join(line.removeprefix("# ") for line in filled[filled.index("# spend:") :].splitlines())
    section = yaml.safe_load(shown)["spend"]
    assert section == SpendSettings().model_dump()
