"""Targets, gap, neutrality and claims of a refresh: Helsingborg's, and Lund's from configuration alone."""

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.pipeline.national import Lines

NEWEST = "smhi-ggt-2026-06"


@pytest.fixture(scope="module")
def klimat(lund: Klimat) -> Klimat:
    return lund


class TestHelsingborg:
    def test_the_five_sub_targets_do_not_imply_the_total(self, klimat: Klimat) -> None:
        (row,) = klimat.rows(
            "SELECT levels_sum_t, uncovered_t, target_t_co2e, shortfall_t FROM target_coherence "
            "WHERE municipality_code = '1283' AND coherence_kind = 'total' AND release_id = ?",
            NEWEST,
        )
        # 36,704.0 + 32,943.6 + 10,329.4 + 30,371.8 + 11,540.7; machinery, product use and foreign transport in 2024;
        # 15 % of 1,081,244.42.
        assert row == pytest.approx((121_889.5, 79_014.4, 162_186.7, 38_717.2), abs=0.05)

    def test_with_machinery_at_85_per_cent_it_closes(self, klimat: Klimat) -> None:
        room = dict(
            klimat.rows(
                "SELECT coherence_item, room_at_total_pct_t FROM target_coherence WHERE municipality_code = '1283' "
                "AND coherence_kind = 'uncovered' AND release_id = ?",
                NEWEST,
            )
        )
        # 63,300.38 - 0.15 * 149,353.53 - 38,717.22.
        assert room["machinery"] == pytest.approx(2_180.1, abs=0.1)
        assert set(room) == {"machinery", "product_use", "foreign_transport"}
        assert min(room["product_use"], room["foreign_transport"]) < 0

    def test_what_cannot_be_quantified_says_why(self, klimat: Klimat) -> None:
        found = dict(
            klimat.rows("SELECT target_id, note FROM target_status WHERE municipality_code = '1283' AND path = 'none'")
        )
        assert set(found) == {"construction", "public_consumption", "private_consumption"}
        assert found["construction"].startswith("construction.csv holds no project")
        assert found["public_consumption"].startswith("the document gives no baseline year")
        assert found["private_consumption"].startswith("the document gives no number")

    def test_gap_and_balance_of_the_plan(self, klimat: Klimat) -> None:
        assert klimat.rows(
            "SELECT target_t, residual_t FROM gap_table WHERE municipality_code = '1283' AND gap_basis = 'printed' "
            "AND is_total"
        ) == [(194_158.0, 191_054.0)]
        assert klimat.rows(
            "SELECT residual_t, counted_sinks_t, shortfall_t, is_neutral, neutrality_method FROM neutrality_balance "
            "WHERE municipality_code = '1283' AND neutrality_basis = 'plan'"
        ) == [(191_054.0, 0.0, 65_004.0, 0, "own")]

    def test_the_prints_errors_are_remarks(self, klimat: Klimat) -> None:
        assert klimat.one("SELECT count(*) FROM data_quality WHERE check_name = 'printed_gap_agrees'") == 8


class TestLund:
    def sectors(self, lines: Lines, year: int) -> dict[str, float]:
        return {k[0]: figures[year] for k, figures in lines.items() if k[3] == "Lund" and k[0] != "Alla"}

    def test_total_target_and_coherence(self, klimat: Klimat, lines: Lines) -> None:
        then, now = self.sectors(lines, 1990), self.sectors(lines, 2024)
        (row,) = klimat.rows(
            "SELECT levels_sum_t, uncovered_t, shortfall_t FROM target_coherence WHERE municipality_code = '1281' "
            "AND coherence_kind = 'total' AND release_id = 'new'"
        )
        level, rest = 0.3 * then["Transporter"], sum(now.values()) - now["Transporter"]
        assert row == pytest.approx((level, rest, level + rest - 0.2 * sum(then.values())), abs=0.01)

    def test_meals_and_construction(self, klimat: Klimat) -> None:
        assert klimat.rows(
            "SELECT target_id, current_value, path_value, status FROM target_status WHERE municipality_code = '1281' "
            "AND release_id = 'local' AND is_latest_year AND path IN ('straight_line', 'none') ORDER BY 1"
        ) == [
            # Half of 375 is 187.5: 300 is above it.
            ("building", 300.0, None, "behind"),
            # 2.2 to 1.1 from 2015 to 2031: 1.65 in 2023.
            ("meals", 1.9, pytest.approx(1.65), "behind"),
        ]

    def test_gap_of_the_targets_with_an_action(self, klimat: Klimat, lines: Lines) -> None:
        now = self.sectors(lines, 2024)["Transporter"]
        (row,) = klimat.rows(
            "SELECT latest_t, actions_counted_t, residual_t FROM gap_table WHERE municipality_code = '1281' "
            "AND gap_basis = 'targets' AND line = 'transport' AND release_id = 'new'"
        )
        saved = min(500.0, now)
        assert row == pytest.approx((now, saved, now - saved), abs=0.01)

    def test_its_deviation_is_visible_and_its_share_counts(self, klimat: Klimat, lines: Lines) -> None:
        then, now = (sum(self.sectors(lines, year).values()) for year in (1990, 2024))
        (row,) = klimat.rows(
            "SELECT cap_t, captured_fossil_deducted_t, eligible_sinks_t, residual_t, neutrality_method, deviations "
            "FROM neutrality_balance WHERE municipality_code = '1281' AND release_id = 'new'"
        )
        # A quarter of 1,000 t fossil; a quarter of the 1,500 t biogenic that are not sold, and the wood's 1,000 t.
        assert row[:4] == pytest.approx((0.1 * then, 250.0, 1375.0, now - 250.0), abs=0.01)
        assert row[4:] == ("own", "cap_pct 10.0 (invented for the test)")

    def test_its_plan_is_followed_ahead(self, klimat: Klimat) -> None:
        """Cars: 500 t from 2027 in three steps. Bins state no start: 10 t in five steps over 2026 to 2030.

        2030 is the total target's year, as in the gap table, though the meals have until 2031.
        """
        rows = klimat.rows("SELECT action_id, year, reduced_t FROM investment_plan WHERE municipality_code = '1281'")
        cars = {2027: 166.667, 2028: 333.333, 2029: 500.0, 2030: 500.0}
        bins = {2026: 2.0, 2027: 4.0, 2028: 6.0, 2029: 8.0, 2030: 10.0}
        found = {(action, year): tonnes for action, year, tonnes in rows}
        assert found == {
            **{("cars", year): pytest.approx(tonnes) for year, tonnes in cars.items()},
            **{("bins", year): pytest.approx(tonnes) for year, tonnes in bins.items()},
        }
        scenarios = klimat.rows(
            "SELECT DISTINCT scenario FROM pathways WHERE municipality_code = '1281' AND line = 'total' "
            "AND release_id = 'new' ORDER BY 1"
        )
        assert [name for (name,) in scenarios] == ["business_as_usual", "existing_policies", "target", "with_actions"]

    def test_its_balance_under_each_key_stands_side_by_side(self, klimat: Klimat) -> None:
        """Location gives a quarter of 1,000 t fossil and of 1,500 t biogenic, ownership half; the wood's 1,000 t stay."""
        rows = klimat.rows(
            "SELECT allocation_key, is_applied, captured_fossil_deducted_t, eligible_sinks_t FROM neutrality_by_allocation_key "
            "WHERE municipality_code = '1281' AND release_id = 'new' ORDER BY 1"
        )
        assert rows == [("location", 1, 250.0, 1_375.0), ("ownership", 0, 500.0, 1_750.0)]

    def test_claims_stand_side_by_side(self, klimat: Klimat) -> None:
        assert klimat.rows(
            "SELECT allocation_key, municipality_code, claimed_biogenic_t, applied_biogenic_t FROM facility_claims "
            "ORDER BY 1, 2"
        ) == [("location", "1281", 375.0, 375.0), ("ownership", "1281", 750.0, 0.0), ("ownership", "1283", 750.0, 0.0)]
