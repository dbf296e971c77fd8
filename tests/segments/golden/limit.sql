WITH "matched2" AS MATERIALIZED (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key",
    MD5(CAST($p0 AS TEXT) || CAST("t1"."customer_id" AS TEXT)) AS "o0",
    "t1"."customer_id" AS "o1"
  FROM "shop"."customers" AS "t1"
)
SELECT
  "r3"."key"
FROM (
  SELECT
    "matched2"."key"
  FROM "matched2"
  ORDER BY
    "matched2"."o0" ASC,
    "matched2"."o1" ASC
  LIMIT (
    SELECT
      CAST((
        CAST(COUNT(*) AS INT128) * CAST($p1 AS INT128) + CAST($p2 AS INT128)
      ) // CAST($p3 AS INT128) AS BIGINT)
    FROM "matched2"
  )
) AS "r3"
ORDER BY
  "r3"."key" ASC
