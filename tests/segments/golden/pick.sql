SELECT
  "r7"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "r6"."k" AS "k",
      CASE WHEN "r6"."t" THEN 1 ELSE 0 END AS "m0"
    FROM (
      SELECT
        "r3"."k" AS "k",
        ARG_MAX_NULL("r3"."t", ROW("r3"."at", "r3"."tie")) AS "t"
      FROM (
        SELECT
          "t2"."_person" AS "k",
          "t2"."ordered_at" AS "at",
          "t2"."order_id" AS "tie",
          "t2"."channel" = CAST($p0 AS TEXT) AS "t"
        FROM "shop"."orders" AS "t2"
        WHERE
          NOT "t2"."_person" IS NULL AND NOT "t2"."ordered_at" IS NULL
      ) AS "r3"
      GROUP BY
        "r3"."k"
    ) AS "r6"
  ) AS "a5"
    ON "t1"."_row" = "a5"."k"
  WHERE
    "a5"."m0" >= CAST($p1 AS BIGINT)
) AS "r7"
ORDER BY
  "r7"."key" ASC
