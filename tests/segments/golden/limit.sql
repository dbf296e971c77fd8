SELECT
  "r2"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  ORDER BY
    MD5(CAST($p0 AS TEXT) || CAST("t1"."customer_id" AS TEXT)) ASC,
    "t1"."customer_id" ASC
  LIMIT (
    SELECT
      CAST((
        CAST(COUNT(*) AS INT128) * CAST($p1 AS INT128) + CAST($p2 AS INT128)
      ) // CAST($p3 AS INT128) AS BIGINT)
    FROM "shop"."customers" AS "t1"
  )
) AS "r2"
ORDER BY
  "r2"."key" ASC
