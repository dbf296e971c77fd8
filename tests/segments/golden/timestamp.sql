SELECT
  "r2"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    (
      "t1"."signed_up" >= CAST($p0 AS TIMESTAMPTZ)
      AND "t1"."signed_up" <= CAST($p1 AS TIMESTAMPTZ)
    )
    AND ISODOW((
      "t1"."signed_up" AT TIME ZONE 'Europe/Paris'
    )) IN (CAST($p2 AS BIGINT))
) AS "r2"
ORDER BY
  "r2"."key" ASC
