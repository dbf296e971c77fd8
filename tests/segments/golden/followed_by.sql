SELECT
  "r9"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "r8"."k" AS "k",
      COUNT(*) AS "m0"
    FROM (
      WITH "l3" AS MATERIALIZED (
        SELECT
          "t2"."_person" AS "k",
          "t2"."ordered_at" AS "at"
        FROM "shop"."orders" AS "t2"
        WHERE
          NOT "t2"."_person" IS NULL AND NOT "t2"."ordered_at" IS NULL
      )
      SELECT
        "r4".*
      FROM "l3" AS "r4"
      ASOF LEFT JOIN (
        SELECT
          "t6"."_person" AS "k",
          "t6"."visited_at" AS "at"
        FROM "shop"."visits" AS "t6"
        WHERE
          NOT "t6"."_person" IS NULL
          AND "t6"."visited_at" > (
            SELECT
              MIN("l3"."at")
            FROM "l3" AS "l3"
          )
          AND "t6"."visited_at" <= (
            SELECT
              MAX("l3"."at")
            FROM "l3" AS "l3"
          ) + TO_HOURS(CAST($p0 AS BIGINT))
      ) AS "s5"
        ON "r4"."k" = "s5"."k" AND "r4"."at" < "s5"."at"
      WHERE
        NOT COALESCE("s5"."at" <= "r4"."at" + TO_HOURS(CAST($p0 AS BIGINT)), FALSE)
    ) AS "r8"
    GROUP BY
      "r8"."k"
  ) AS "a7"
    ON "t1"."_row" = "a7"."k"
  WHERE
    "a7"."m0" >= CAST($p1 AS BIGINT)
) AS "r9"
ORDER BY
  "r9"."key" ASC
