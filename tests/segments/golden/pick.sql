SELECT
  "r7"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "r6"."k" AS "k",
      COUNT(*) FILTER(WHERE
        "r6"."t") AS "m0"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "r3".*,
          ROW_NUMBER() OVER (PARTITION BY "r3"."k" ORDER BY "r3"."at" DESC, "r3"."tie" DESC) AS "n"
        FROM (
          SELECT
            "t2"."_person" AS "k",
            "t2"."ordered_at" AS "at",
            "t2"."order_id" AS "tie",
            "t2"."channel" = CAST($p0 AS TEXT) AS "t"
          FROM "shop"."orders" AS "t2"
          WHERE
            (
              NOT "t2"."_person" IS NULL
            ) AND (
              NOT "t2"."ordered_at" IS NULL
            )
        ) AS "r3"
      ) AS "r4"
      WHERE
        "r4"."n" <= CAST($p1 AS BIGINT)
    ) AS "r6"
    GROUP BY
      "r6"."k"
  ) AS "a5"
    ON "t1"."_row" = "a5"."k"
  WHERE
    "a5"."m0" >= CAST($p2 AS BIGINT)
) AS "r7"
ORDER BY
  "r7"."key" ASC
