WITH "matched3" AS MATERIALIZED (
  SELECT
    "t2"."_row" AS "row",
    "t2"."age" AS "o0",
    "t2"."customer_id" AS "o1"
  FROM "shop"."customers" AS "t2"
), "chosen4" AS MATERIALIZED (
  SELECT
    "matched3"."row"
  FROM "matched3"
  ORDER BY
    "matched3"."o0" DESC,
    "matched3"."o1" ASC
  LIMIT (
    SELECT
      LEAST(COUNT(*), CAST($p0 AS BIGINT))
    FROM "matched3"
  )
)
SELECT
  "r5"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    NOT COALESCE("t1"."_row" IN (
      SELECT
        "chosen4"."row"
      FROM "chosen4"
    ), FALSE)
) AS "r5"
ORDER BY
  "r5"."key" ASC
