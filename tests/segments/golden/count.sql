SELECT
  "r4"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "t3"."_person" AS "k",
      COUNT(*) AS "m0"
    FROM "shop"."orders" AS "t3"
    WHERE
      NOT "t3"."_person" IS NULL
      AND (
        (
          "t3"."ordered_at" >= CAST($p0 AS TIMESTAMPTZ)
          AND "t3"."ordered_at" <= CAST($p1 AS TIMESTAMPTZ)
        )
        AND "t3"."channel" = CAST($p2 AS TEXT)
      )
    GROUP BY
      "t3"."_person"
  ) AS "a2"
    ON "t1"."_row" = "a2"."k"
  WHERE
    "a2"."m0" >= CAST($p3 AS BIGINT)
) AS "r4"
ORDER BY
  "r4"."key" ASC
