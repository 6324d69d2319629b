"""Accounts that a fact has, with the text that most of their kronor have."""

QUERY = """
    WITH texts AS (
        SELECT municipality_code, account, max_by(account_text, kronor) AS account_text
        FROM (
            SELECT municipality_code, account, account_text, sum(abs(amount_sek)) AS kronor
            FROM spend_mapping WHERE account_text <> '' GROUP BY ALL ORDER BY ALL
        )
        GROUP BY ALL
    )
    SELECT DISTINCT municipality_code || '/' || account AS account_key,
        CASE account WHEN '' THEN 'Utan konto' ELSE concat_ws(' ', account, account_text) END AS account_label_sv,
        CASE account WHEN '' THEN 'Without account' ELSE concat_ws(' ', account, account_text) END AS account_label_en,
        municipality_code, account
    FROM spend_by_account LEFT JOIN texts USING (municipality_code, account)
"""
