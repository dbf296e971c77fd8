SELECT
  "r2"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    (
      NOT COALESCE(LOWER("t1"."city") = LOWER(CAST($p0 AS TEXT)), FALSE)
    )
    AND CONTAINS(LOWER("t1"."email"), LOWER(CAST($p1 AS TEXT)))
) AS "r2"
ORDER BY
  "r2"."key" ASC
