SELECT
  "r2"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    (
      MONTH("t1"."birthday") * 100 + DAY("t1"."birthday")
    ) BETWEEN CAST($p0 AS BIGINT) AND CAST($p0 AS BIGINT)
) AS "r2"
ORDER BY
  "r2"."key" ASC
