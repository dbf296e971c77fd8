SELECT
  "r4"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "t3"."_person" AS "k",
      COUNT(*) FILTER(WHERE
        "t3"."channel" = CAST($p0 AS TEXT)) AS "m0",
      COUNT(*) AS "m1"
    FROM "shop"."orders" AS "t3"
    WHERE
      NOT "t3"."_person" IS NULL
    GROUP BY
      "t3"."_person"
  ) AS "a2"
    ON "t1"."_row" = "a2"."k"
  WHERE
    "a2"."m0" * 200000000 >= NULLIF("a2"."m1", 0) * CAST($p1 AS BIGINT)
) AS "r4"
ORDER BY
  "r4"."key" ASC
