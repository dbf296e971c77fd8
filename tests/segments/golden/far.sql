SELECT
  "r5"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "t3"."_person" AS "k",
      COUNT(*) AS "m0"
    FROM "shop"."order_lines" AS "t3"
    JOIN "shop"."products" AS "t4"
      ON "t3"."product_id" = "t4"."product_id"
    WHERE
      NOT "t3"."_person" IS NULL
    GROUP BY
      "t3"."_person"
  ) AS "a2"
    ON "t1"."_row" = "a2"."k"
  WHERE
    "a2"."m0" >= CAST($p0 AS BIGINT)
) AS "r5"
ORDER BY
  "r5"."key" ASC
