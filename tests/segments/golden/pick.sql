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
        "r4"."k" AS "k",
        STRUCT_EXTRACT("r4"."r", 1) AS "t"
      FROM (
        SELECT
          "r3"."k" AS "k",
          ARG_MAX(ROW("r3"."t"), ROW("r3"."at", "r3"."tie")) AS "r"
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
        GROUP BY
          "r3"."k"
      ) AS "r4"
    ) AS "r6"
    GROUP BY
      "r6"."k"
  ) AS "a5"
    ON "t1"."_row" = "a5"."k"
  WHERE
    "a5"."m0" >= CAST($p1 AS BIGINT)
) AS "r7"
ORDER BY
  "r7"."key" ASC
