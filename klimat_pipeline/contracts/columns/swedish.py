"""Swedish names and meanings of the columns that the mart shows, by column name.

What does not belong here: the columns themselves (the other modules); columns that the mart does not show.
"""

_PART = "Gäller mål som är delar av kommunens territorium; saknas för andra."
_TOTAL = "Gäller målet för hela territoriet; saknas för andra."
_MEDIANS = "Medianer för flera mål läggs inte ihop."


def _part_and_total(name: str, label: str, meaning: str) -> dict[str, tuple[str, str]]:
    return {
        name: (label, f"{meaning} {_PART}"),
        f"total_{name}": (f"{label}, hela kommunen", f"{meaning} {_TOTAL}"),
    }


_LABELS = {
    "municipality": "Kommun",
    "sector": "Sektor",
    "subsector": "Undersektor",
    "year": "Årtal",
    "release": "Utgåvans namn",
    "scope": "Scopets namn",
    "target": "Målets namn",
    "spend_category": "Kategori",
    "account": "Kontots namn",
}

#: Label and meaning.
SWEDISH: dict[str, tuple[str, str]] = {
    **{f"{name}_label_sv": (label, f"{label} som text på svenska.") for name, label in _LABELS.items()},
    **{
        f"{name}_label_en": (f"{label} på engelska", f"{label} som text på engelska.")
        for name, label in _LABELS.items()
    },
    "municipality_code": ("Kommunkod", "SCB:s fyrsiffriga kommunkod; 9999 är det påhittade exemplet."),
    "county_code": ("Länskod", "SCB:s tvåsiffriga länskod."),
    "county_name": ("Län", "Länets namn enligt SCB."),
    "group_code": ("Gruppkod", "Bokstav och siffra för SKR:s kommungrupp, till exempel B3."),
    "group_name": ("Kommungrupp", "SKR:s namn på gruppen."),
    "is_contract_city": ("Har egna mål", "Om kommunen har egna mål (ett klimatkontrakt)."),
    "is_example": ("Påhittat exempel", "Om det är det påhittade exemplet och ingen kommun."),
    "population": ("Folkmängd", "Invånare den 31 december det år som står bredvid."),
    "population_year": ("Folkmängdens år", "År som folkmängden gäller."),
    "sector_code": ("Sektorkod", "Huvudsektor i nationella emissionsdatabasen."),
    "sector_order": ("Sektorordning", "Ordning som källan räknar upp sektorerna i."),
    "quality_class_national": ("Kvalitetsklass, nationellt", "Källans egen kvalitetsklass för rikets summor, 1 bäst."),
    "quality_class_geography": ("Kvalitetsklass, fördelning", "Källans egen kvalitetsklass för fördelningen, 1 bäst."),
    "subsector_key": ("Undersektornyckel", "Sektor och undersektor med snedstreck emellan."),
    "subsector_code": ("Undersektorkod", "Undersektor; 'not_split' är det som källan inte delar upp."),
    "year": ("År", "År som utsläppen eller inköpen hör till."),
    "is_latest": ("Senaste år", "Om det är det nyaste året i huvudserien."),
    "is_released": ("Publicerat år", "Om huvudserien har siffror för året."),
    "is_future": ("Framtida år", "Om året ligger efter huvudseriens nyaste år."),
    "decade": ("Årtionde", "Årtiondets första år."),
    "release_id": ("Utgåva", "Utgåva av källan; historien räknas om vid varje utgåva."),
    "substance": ("Ämne", "GGT är alla växthusgaser, CO2 koldioxid."),
    "report_date_text": ("Rapportdatum", "Rapportens datum, så noga som källan anger det."),
    "retrieved_at": ("Hämtad", "När filen hämtades eller lades till, UTC."),
    "first_year": ("Första år", "Utgåvans första år."),
    "last_year": ("Sista år", "Utgåvans sista år."),
    "is_headline": ("Huvudserie", "Om det är den utgåva som allt i datamarten följer."),
    "scope_code": ("Scope", "Scope i kommunens territoriella inventering."),
    "target_key": ("Målnyckel", "Kommun och mål med snedstreck emellan."),
    "target_id": ("Mål", "Vad som följs: 'total', en sektor eller ett mål i kommunens kontrakt."),
    "target_kind": ("Sorts mål", "'contract': kommunens eget; 'generic': följs för alla kommuner, utan målnivå."),
    "target_role": (
        "Målets roll",
        "'part': får summeras; 'total': hela territoriet; 'overlapping': sektorer som en del "
        "redan har; 'other': annat perspektiv eller annan enhet.",
    ),
    "boundary": ("Perspektiv", "Territorium, organisation eller invånare; de läggs aldrig ihop."),
    "target_measure": ("Mått", "Vad som jämförs med målet."),
    "target_gas_basis": ("Målets gaser", "GHG (alla växthusgaser) eller fossil."),
    "sector_codes": ("Sektorer", "Sektorer som målet summerar."),
    "baseline_year": ("Basår", "År som förändringen räknas från."),
    "target_year": ("Målår", "År då målet ska vara nått."),
    "target_pct": ("Mål, procent", "Förändring som målet kräver; minus är minskning."),
    "target_unit": ("Målets enhet", "Enhet för målets värden."),
    "baseline_value": ("Basvärde", "Måttet basåret, i målets enhet."),
    "target_value": ("Målvärde", "Måttet som målet tillåter, i målets enhet."),
    "current_value": ("Nuvärde", "Måttet i år, i målets enhet."),
    "change_pct": ("Förändring, procent", "Förändring sedan basåret."),
    "status": ("Läge", "reached, on_track, behind, no_data eller no_target."),
    "basis": ("Grund", "'reported' eller en korrigerad nivå: den grund som åren jämförs på."),
    "note": ("Anmärkning", "Vad läsaren bör veta om raden."),
    "gwp_set": ("GWP", "Uppsättning uppvärmningsfaktorer bakom siffran (AR4, AR5, AR6)."),
    "notation_key": ("Notationsnyckel", "NO finns inte, NE inte beräknat, IE ingår annorstädes, C sekretess."),
    "emissions_t_co2e": ("Utsläpp", "Ton koldioxidekvivalenter, efter lokala korrigeringar där de finns."),
    "emissions_reported_t_co2e": ("Utsläpp enligt källan", "Ton koldioxidekvivalenter som källan redovisar dem."),
    "correction_t_co2e": ("Korrigering", "Vad lokala korrigeringar ändrade: utsläpp minus utsläpp enligt källan."),
    "first_year_t_co2e": (
        "Utsläpp första året",
        "Utsläpp enligt källan utgåvans första år; står i raderna för alla år.",
    ),
    "change_reported_t_co2e": ("Förändring", "Utsläpp enligt källan minus utgåvans första år, på samma grund."),
    **_part_and_total("actual_t_co2e", "Utfall", "Årets utsläpp; saknas där året inte är publicerat."),
    **_part_and_total("line_t_co2e", "Mållinje", "Den raka linjen från basåret till målet (en konvention)."),
    **_part_and_total(
        "business_as_usual_t_co2e", "Som hittills", f"Medianen av banan som går på som hittills. {_MEDIANS}"
    ),
    **_part_and_total(
        "existing_policies_t_co2e",
        "Med andra planer",
        f"Medianen av banan med andra planer som kommunens plan räknar med, och beslutade åtgärder. {_MEDIANS}",
    ),
    **_part_and_total("with_actions_t_co2e", "Med åtgärder", f"Medianen av banan med planerade åtgärder. {_MEDIANS}"),
    **_part_and_total("base_t_co2e", "Utsläpp basåret", "Utsläpp målets basår."),
    **_part_and_total("latest_t_co2e", "Utsläpp senaste året", "Utsläpp det nyaste året."),
    **_part_and_total("allowed_t_co2e", "Tillåtet målåret", "Utsläpp som målet tillåter målåret."),
    **_part_and_total(
        "gap_to_path_t_co2e", "Gap till banan", "Utsläpp minus samma års raka linje; plus är för mycket."
    ),
    **_part_and_total("gap_to_target_t_co2e", "Gap till målet", "Senaste utsläpp minus det som målet tillåter."),
    "actions_t_co2e": ("Åtgärder", "Minskning som planerade åtgärder ger till målåret."),
    "residual_t_co2e": ("Kvar efter åtgärder", "Utsläpp som är kvar när åtgärderna är gjorda."),
    "chance_as_usual_fraction": ("Chans som hittills", "Andel simulerade framtider, som hittills, som når målet."),
    "chance_with_actions_low_fraction": (
        "Chans med åtgärder, minst",
        "Minsta andel simulerade framtider, med åtgärder, som når målet: om planen redan finns i trenden och blir till "
        "hälften av.",
    ),
    "chance_with_actions_high_fraction": (
        "Chans med åtgärder, högst",
        "Största andel simulerade framtider, med åtgärder, som når målet: om planen kommer utöver trenden och blir av.",
    ),
    "release_id_from": ("Tidigare utgåva", "Utgåvan före."),
    "release_id_to": ("Senare utgåva", "Utgåvan efter."),
    "from_t_co2e": ("Utsläpp i tidigare utgåva", "Samma år i utgåvan före."),
    "to_t_co2e": ("Utsläpp i senare utgåva", "Samma år i huvudserien."),
    "revision_t_co2e": ("Omräkning", "Senare minus tidigare: vad den nya utgåvan flyttade."),
    "spend_category": ("Inköpskategori", "Vad som köptes; 'unmapped' där ingen regel avgjorde."),
    "purchase_area": ("Inköpsområde", "Område som klimatkontraktet talar om."),
    "procurement_group_sv": ("Upphandlingsgrupp", "Upphandlingsmyndighetens grupp i miljöspendanalysen."),
    "cpv_division": ("CPV-avdelning", "Avdelning i CPV 2008."),
    "cpv_division_name_sv": ("CPV-namn", "Avdelningens namn."),
    "scope3_category": ("Scope 3-kategori", "GHG-protokollets kategori 1 till 15."),
    "account_key": ("Kontonyckel", "Kommun och konto med snedstreck emellan."),
    "account": ("Konto", "Kontonummer i reskontran."),
    "month": ("Månad", "Månad 1 till 12."),
    "ledger_unit": ("Förvaltning", "Förvaltning eller bolag som reskontran nämner; tomt där den inte gör det."),
    "figure_from": (
        "Underlag",
        "spend: kronor gånger faktor; activity: organisationens inventering; supplier: leverantörens egen siffra.",
    ),
    "ledger_lines": ("Rader", "Rader i reskontran."),
    "spend_sek": ("Inköp", "Inköp utan moms i sitt eget års priser."),
    "mapped_sek": ("Inköp med utsläpp", "Den del av inköpen som har utsläpp."),
    "unmapped_sek": ("Inköp utan utsläpp", "Den del av inköpen som saknar utsläpp."),
    "spend_real_sek": ("Inköp i fasta priser", "Inköp i prisårets priser."),
    "footprint_t_co2e": ("Inköpens utsläpp", "Utsläpp från det som köptes; saknas där inget är klassat."),
    "factor_gwp_set": ("Faktorernas GWP", "Uppvärmningsfaktorer bakom utsläppsfaktorerna."),
    "price_year": ("Prisår", "År som fasta priser gäller."),
    "is_stale": ("Inaktuell", "Om raden är från en tidigare körning."),
    "refresh_id": ("Publicering", "Publicering som raden berättar om."),
    "table_name": ("Tabell", "Tabell som kontrollerades."),
    "check_name": ("Kontroll", "Kontrollens namn."),
    "kind": ("Sorts kontroll", "contract, reconciliation eller plausibility."),
    "severity": ("Allvar", "ERROR stoppar, WARN är en anmärkning, INFO upplyser."),
    "check_outcome": ("Utfall", "failed, passed eller not_applicable."),
    "findings_count": ("Fynd", "Antal fynd."),
    "failed_count": ("Fynd som föll", "Antal fynd som inte höll."),
    "message": ("Meddelande", "Vad som hittades, i en mening."),
    "failing_since_at": ("Faller sedan", "Första publicering i den obrutna följd där kontrollen faller."),
    "started_at": ("Körning började", "När körningen började, UTC."),
    "is_latest_refresh": ("Senaste publicering", "Om det är den publicering som martens övriga tabeller hör till."),
    "schema_version": ("Schemaversion", "Version av martens schema som den publicerades i; saknas före 1.1."),
    "switched_at": ("Publicerad", "När läsarna fick publiceringen, UTC."),
    "newest_source_at": ("Nyaste källa", "När den nyaste källan hämtades, UTC."),
    "newest_released_year": ("Nyaste år", "Huvudseriens nyaste år."),
    "published_rows": ("Publicerade rader", "Rader i de detaljerade tabellerna."),
    "checks_count": ("Kontroller", "Antal kontroller."),
    "checks_failed_count": ("Kontroller som föll", "Antal kontroller med fynd som inte höll."),
    "publication_id": ("Publikation", "Samma i alla rader i alla tabeller av en publicering."),
}
