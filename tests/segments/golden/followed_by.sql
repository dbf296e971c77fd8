SELECT
  "r8"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "r7"."k" AS "k",
      COUNT(*) AS "m0"
    FROM (
      SELECT
        "r3".*
      FROM (
        SELECT
          "t2"."_person" AS "k",
          "t2"."ordered_at" AS "at"
        FROM "shop"."orders" AS "t2"
        WHERE
          (
            NOT "t2"."_person" IS NULL
          ) AND (
            NOT "t2"."ordered_at" IS NULL
          )
      ) AS "r3"
      ASOF LEFT JOIN (
        SELECT
          "t5"."_person" AS "k",
          "t5"."visited_at" AS "at"
        FROM "shop"."visits" AS "t5"
        WHERE
          (
            NOT "t5"."_person" IS NULL
          ) AND (
            NOT "t5"."visited_at" IS NULL
          )
      ) AS "s4"
        ON "r3"."k" = "s4"."k" AND "r3"."at" < "s4"."at"
      WHERE
        NOT COALESCE("s4"."at" <= "r3"."at" + TO_HOURS(CAST($p0 AS BIGINT)), FALSE)
    ) AS "r7"
    GROUP BY
      "r7"."k"
  ) AS "a6"
    ON "t1"."_row" = "a6"."k"
  WHERE
    "a6"."m0" >= CAST($p1 AS BIGINT)
) AS "r8"
ORDER BY
  "r8"."key" ASC
