"""Columns: ledgers, and the emissions of purchases.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.code_lists import GWP_SETS_STATED
from klimat_pipeline.contracts.columns.kinds import BOOLEAN, IDENTIFIER, INTEGER, ISO_DATE, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

#: What the emissions of several municipalities have to have in common; each chooses its factor set.
_ONE_GWP = ("factor_gwp_set",)

COLUMNS = (
    Column("ledger_file", TEXT, "Ledger file, from the municipality's folder on."),
    Column("file_id", TEXT, "First 16 hexadecimal digits of the file's SHA-256.", pattern=r"[0-9a-f]{16}"),
    Column("file_format", TEXT, "What the file was recognised as.", allowed=("csv", "xlsx", "parquet", "sie", "other")),
    Column("encoding", TEXT, "Encoding of its text, told by the letters that come out; empty for binary formats."),
    Column("has_bom", BOOLEAN, "Whether the file begins with a byte order mark."),
    Column("separator", TEXT, "What separates its cells; empty for formats without one."),
    Column("decimal_mark", TEXT, "Decimal mark of its amounts.", allowed=(",", ".")),
    Column("header_columns", TEXT, "Which field was read from which column, as field=header."),
    Column("ledger_lines", INTEGER, "Ledger lines with content that are in the figure.", minimum=0, additive="yes"),
    Column("lines_read", INTEGER, "Lines that went on to classification or were left out by a rule.", minimum=0),
    Column("lines_quarantined", INTEGER, "Lines that did not pass.", minimum=0, additive="yes"),
    Column("lines_duplicate", INTEGER, "Lines that another file holds already; nothing is counted twice.", minimum=0),
    Column("amount_ore", INTEGER, "Amount in oere, exact; credit notes are negative.", additive="yes"),
    Column(
        "amount_sek",
        NUMBER,
        "Amount in kronor of the year it was booked (nominal); credit notes are negative.",
        unit="SEK",
        additive="yes",
    ),
    Column("amounts_rounded", INTEGER, "Amounts with more than two decimals, rounded half to even.", minimum=0),
    Column("first_day", TEXT, "First day of its lines.", nullable=True, pattern=ISO_DATE),
    Column("last_day", TEXT, "Last day of its lines.", nullable=True, pattern=ISO_DATE),
    Column("file_status", TEXT, "'read', 'same_bytes_as <file>', 'overlaps <file>' or 'not read'."),
    Column("ledger_warnings", TEXT, "What a reader of the file should look at; empty where there is nothing."),
    Column("rule", TEXT, "'counted', 'quarantined', 'overlap' or the rule that leaves it out.", pattern=IDENTIFIER),
    Column("rule_kind", TEXT, "What the rule leaves out, such as wages, internal, vat.", pattern=IDENTIFIER),
    Column("rule_reason", TEXT, "Why."),
    Column("line_no", INTEGER, "Line of the file, the first is 1.", minimum=1),
    Column("field", TEXT, "Field at fault; empty where the whole line is."),
    Column("field_value", TEXT, "What was found; withheld where a person could be in it."),
    Column("quarantine_reason", TEXT, "Why the line did not pass."),
    Column(
        "spend_category",
        TEXT,
        "Category of what was bought: a division of the factor set; 'unmapped' where no step of the classification"
        " decided.",
        pattern=IDENTIFIER,
    ),
    Column("category_name_sv", TEXT, "Category in Swedish."),
    Column("category_name_en", TEXT, "Category in English, as the factor set names it."),
    Column(
        "purchase_area",
        TEXT,
        "Purchase area as the climate contract speaks of them: construction, food, transport, energy, it, "
        "health_care and others.",
        pattern=IDENTIFIER,
    ),
    Column(
        "procurement_group_sv",
        TEXT,
        "First level of the tree that Upphandlingsmyndigheten's environmental spend analysis of municipalities shows; "
        "our own placing, missing where none of the four groups whose names it states fits.",
        nullable=True,
    ),
    Column(
        "cpv_division",
        TEXT,
        "Division of the CPV (2008) that most of such purchases are procured under, our own placing; missing where it "
        "is not one.",
        nullable=True,
        pattern=r"\d{2}",
    ),
    Column("cpv_division_name_sv", TEXT, "The division in Swedish.", nullable=True),
    Column("ledger_unit", TEXT, "Department or company as the ledger names it; empty where it does not."),
    Column(
        "supplier_id",
        TEXT,
        "Organisation number of a legal person; 'others' sums persons and everybody below the threshold.",
    ),
    Column("supplier_name", TEXT, "Name of the supplier as the ledger has it."),
    Column("contract_id", TEXT, "Contract or agreement as the ledger names it; empty for purchases without one."),
    Column(
        "is_stale",
        BOOLEAN,
        "Whether the row is of an earlier run: the municipality's ledgers could not be read or valued this time, for "
        "the reasons that spend_refused names.",
    ),
    Column("refusal", TEXT, "Why a municipality's ledgers could not be read or valued, and what to do."),
    Column("has_last_state", BOOLEAN, "Whether tables show the municipality's purchases of an earlier run instead."),
    Column("ledger_account", TEXT, "Account of the ledger."),
    Column("mapping_rank", INTEGER, "Rank by kronor within the year, 1 the largest.", minimum=1),
    Column("account", TEXT, "Account number as the ledger has it; empty where it has none."),
    Column(
        "account_text",
        TEXT,
        "The account's text as the ledger has it; empty where an account has so many that they are free text.",
    ),
    Column(
        "step",
        TEXT,
        "Step of the classification that decided, as in data/reference/spend_steps.csv; 'left_out' where a rule did.",
        pattern=IDENTIFIER,
    ),
    Column(
        "evidence",
        TEXT,
        "What the step went by: the words of the text, the prefix of a code or account, the municipality's own file, "
        "or the rule that leaves the lines out.",
    ),
    Column("month", INTEGER, "Month 1-12; 0 for the whole year.", minimum=0, maximum=12),
    Column(
        "spend_sek",
        NUMBER,
        "Purchases excluding VAT in prices of their own year; credit notes are negative.",
        unit="SEK",
        additive="yes",
    ),
    Column(
        "spend_real_sek",
        NUMBER,
        "Purchases deflated to the price year.",
        unit="SEK",
        additive="yes",
        sum_requires=("price_year",),  # each municipality's own, by its factor set
    ),
    Column(
        "mapped_sek",
        NUMBER,
        "The part of the purchases that has emissions: classified, and with a factor or a figure instead.",
        unit="SEK",
        additive="yes",
    ),
    Column(
        "replaced_sek",
        NUMBER,
        "Purchases that an activity or a supplier's own figure explains instead of a factor.",
        unit="SEK",
        additive="yes",
    ),
    Column(
        "footprint_t_co2e",
        NUMBER,
        "Emissions of what was bought: spend part, activity part and supplier part together. Missing where nothing"
        " is mapped; credit notes subtract.",
        unit="t CO2e",
        nullable=True,
        additive="yes",
        sum_requires=_ONE_GWP,
    ),
    Column(
        "footprint_spend_t_co2e",
        NUMBER,
        "The part that is kronor times a factor.",
        unit="t CO2e",
        additive="yes",
        sum_requires=_ONE_GWP,
    ),
    Column(
        "footprint_activity_t_co2e",
        NUMBER,
        "The part that activities of the organisation's inventory give instead.",
        unit="t CO2e",
        additive="yes",
        sum_requires=_ONE_GWP,
    ),
    Column(
        "footprint_supplier_t_co2e",
        NUMBER,
        "The part that suppliers' own figures give instead.",
        unit="t CO2e",
        additive="yes",
        sum_requires=_ONE_GWP,
    ),
    Column(
        "footprint_replaced_t_co2e",
        NUMBER,
        "What the factor would have given for the replaced kronor; in no total.",
        unit="t CO2e",
    ),
    Column(
        "kg_co2e_per_sek",
        NUMBER,
        "Kilograms per krona of the year for the mapped part, whatever the figures come from; missing where "
        "nothing is mapped.",
        unit="kg CO2e/SEK",
        nullable=True,
    ),
    Column(
        "factor_set",
        TEXT,
        "Set of spend factors; see the reference table of sets for its licence and terms.",
        pattern=IDENTIFIER,
    ),
    Column(
        "factor_gwp_set",
        TEXT,
        "Global warming potentials of the factor set; figures that replace spend state their own.",
        allowed=(*GWP_SETS_STATED, "mixed"),
    ),
    Column(
        "share_of_footprint_pct", NUMBER, "Share of the municipality's footprint of the year.", unit="%", nullable=True
    ),
    Column("share_of_spend_pct", NUMBER, "Share of the purchases that count in the year.", unit="%", nullable=True),
    Column("cumulative_share_pct", NUMBER, "Share of this and all higher ranks together.", unit="%", nullable=True),
    Column(
        "hotspot_kind",
        TEXT,
        "What is ranked: categories, units, accounts or contracts.",
        allowed=("category", "unit", "account", "contract"),
    ),
    Column("hotspot", TEXT, "The category, unit, account or contract."),
    Column("hotspot_rank", INTEGER, "Rank by emissions, 1 the largest.", minimum=1),
    Column(
        "explained_measure",
        TEXT,
        "What changed: kronor of the classified purchases, or the spend part of their emissions in t CO2e.",
        allowed=("spend_sek", "footprint_spend_t_co2e"),
    ),
    Column(
        "change_part",
        TEXT,
        "Cause: volume (more or less bought in fixed prices), price (inflation), mix (other categories; also "
        "whatever begins, ends or changes its sign), factor_vintage (other factors), method_changed (valued by "
        "factor in one year, by an activity or a supplier's figure in the other: no change of purchases), unexplained "
        "(no positive volume in one of the years).",
        allowed=("volume", "price", "mix", "factor_vintage", "method_changed", "unexplained"),
    ),
    Column("part_value", NUMBER, "The cause's part of the change; the parts sum to it.", unit="as the measure"),
    Column("from_value", NUMBER, "The measure in the earlier year.", unit="as the measure"),
    Column("to_value", NUMBER, "The measure in the later year.", unit="as the measure"),
    Column(
        "quality_aspect",
        TEXT,
        "step: of the classification; grade: of the data; range: of the footprint by the uncertainty of the factors.",
        allowed=("step", "grade", "range"),
    ),
    Column("quality_item", TEXT, "Step, grade, or which end of the range."),
    Column(
        "scope_part",
        TEXT,
        "classified (has a category), unmapped, or left_out by a rule.",
        allowed=("classified", "unmapped", "left_out"),
    ),
    Column("left_out_rule", TEXT, "Rule that leaves lines out; empty for lines that count."),
    Column(
        "figure_from",
        TEXT,
        "spend: kronor times a factor; activity: the organisation's inventory, where it is counted already; "
        "supplier: the supplier's own figure.",
        allowed=("spend", "activity", "supplier"),
    ),
    Column("is_in_inventory", BOOLEAN, "Whether the organisation's inventory counts it already: do not add it again."),
    Column("replacement_id", TEXT, "Rule that replaces spend: its name, or the supplier's number."),
    Column(
        "spend_indicator_value",
        NUMBER,
        "Value in the unit named beside it; missing where an input is.",
        unit="as named",
        nullable=True,
    ),
    Column("spend_indicator_unit", TEXT, "Unit of the indicator."),
    Column("factor_price_year", INTEGER, "Year whose prices the factor is given in.", minimum=1900, maximum=2200),
    Column(
        "exchange_rate",
        NUMBER,
        "Kronor for one unit of the factor's currency, mean of the factor's price year.",
        minimum=0,
    ),
    Column("exchange_rate_source", TEXT, "Where the rate was published; empty for factors in kronor."),
    Column("price_index", TEXT, "Price index that deflates, as spend.yaml names it.", pattern=IDENTIFIER),
    Column("index_value", NUMBER, "Price index of the year of purchase, on the index's own base.", minimum=0),
    Column("index_factor_year", NUMBER, "The same index in the factor's price year.", minimum=0),
    Column(
        "index_source", TEXT, "Where the index values are from: the shipped table, spend.yaml, or a fetched snapshot."
    ),
    Column(
        "price_basis",
        TEXT,
        "own_year: price indices and exchange rates are those of the years they are for; stands_in: for one of them "
        "the last known year or the general index stands in (note in spend_factors).",
        allowed=("own_year", "stands_in"),
    ),
    Column("deflator", NUMBER, "Kronor of the price year for one krona of the year of purchase.", minimum=0),
    Column(
        "factor_uncertainty_pct",
        NUMBER,
        "Relative standard deviation of a log-normal spend factor.",
        unit="%",
        minimum=0,
    ),
    Column("licence", TEXT, "Terms under which the figure may be passed on."),
)
