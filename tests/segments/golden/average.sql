SELECT
  "r4"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "t3"."_person" AS "k",
      SUM("t3"."amount") AS "m0",
      COUNT("t3"."amount") AS "m1"
    FROM "shop"."orders" AS "t3"
    WHERE
      NOT "t3"."_person" IS NULL AND NOT "t3"."amount" IS NULL
    GROUP BY
      "t3"."_person"
  ) AS "a2"
    ON "t1"."_row" = "a2"."k"
  WHERE
    CAST("a2"."m0" AS DECIMAL(38, 7)) >= CAST("a2"."m1" AS DECIMAL(10, 0)) * CAST($p0 AS DECIMAL(28, 7))
) AS "r4"
ORDER BY
  "r4"."key" ASC
