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
      COUNT(*) FILTER(WHERE
        "t3"."channel" = CAST($p1 AS TEXT)) AS "m1",
      COUNT(*) FILTER(WHERE
        "t3"."channel" = CAST($p2 AS TEXT)) AS "m2",
      COUNT(*) FILTER(WHERE
        "t3"."channel" = CAST($p3 AS TEXT)) AS "m3"
    FROM "shop"."orders" AS "t3"
    WHERE
      NOT "t3"."_person" IS NULL AND NOT "t3"."channel" IS NULL
    GROUP BY
      "t3"."_person"
  ) AS "a2"
    ON "t1"."_row" = "a2"."k"
  WHERE
    CASE
      WHEN "a2"."m0" > 0
      AND "a2"."m0" >= "a2"."m1"
      AND "a2"."m0" >= "a2"."m2"
      AND "a2"."m0" >= "a2"."m3"
      THEN CAST($p0 AS TEXT)
      WHEN "a2"."m1" > 0 AND "a2"."m1" >= "a2"."m2" AND "a2"."m1" >= "a2"."m3"
      THEN CAST($p1 AS TEXT)
      WHEN "a2"."m2" > 0 AND "a2"."m2" >= "a2"."m3"
      THEN CAST($p2 AS TEXT)
      WHEN "a2"."m3" > 0
      THEN CAST($p3 AS TEXT)
    END = CAST($p3 AS TEXT)
) AS "r4"
ORDER BY
  "r4"."key" ASC
