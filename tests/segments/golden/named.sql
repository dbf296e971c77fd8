WITH "chosen3" AS MATERIALIZED (
  SELECT
    "t2"."_row" AS "_row"
  FROM "shop"."customers" AS "t2"
  ORDER BY
    "t2"."age" DESC,
    "t2"."customer_id" ASC
  LIMIT CAST($p0 AS BIGINT)
)
SELECT
  "r4"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    NOT COALESCE("t1"."_row" IN (
      SELECT
        "chosen3"."_row"
      FROM "chosen3"
    ), FALSE)
) AS "r4"
ORDER BY
  "r4"."key" ASC
