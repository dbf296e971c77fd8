SELECT
  "r6"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  LEFT JOIN (
    SELECT
      "r5"."k" AS "k",
      FIRST("r5"."v" ORDER BY "r5"."c" DESC, "r5"."v" ASC) AS "m0"
    FROM (
      SELECT
        "r4"."k" AS "k",
        "r4"."v" AS "v",
        COUNT(*) AS "c"
      FROM (
        SELECT
          "t2"."_person" AS "k",
          "t2"."channel" AS "v"
        FROM "shop"."orders" AS "t2"
        WHERE
          NOT "t2"."_person" IS NULL
      ) AS "r4"
      WHERE
        NOT "r4"."v" IS NULL
      GROUP BY
        "r4"."k",
        "r4"."v"
    ) AS "r5"
    GROUP BY
      "r5"."k"
  ) AS "a3"
    ON "t1"."_row" = "a3"."k"
  WHERE
    "a3"."m0" = CAST($p0 AS TEXT)
) AS "r6"
ORDER BY
  "r6"."key" ASC
