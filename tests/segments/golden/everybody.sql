SELECT
  "r2"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
) AS "r2"
ORDER BY
  "r2"."key" ASC
