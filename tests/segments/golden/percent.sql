SELECT
  "r5"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    "t1"."points" >= (
      SELECT
        MIN("r4"."v")
      FROM (
        SELECT
          "r3"."v" AS "v",
          "r3"."c" AS "c",
          SUM("r3"."c") OVER (ORDER BY "r3"."v" DESC) AS "upto",
          SUM("r3"."c") OVER () AS "people"
        FROM (
          SELECT
            "t2"."points" AS "v",
            COUNT(*) AS "c"
          FROM "shop"."customers" AS "t2"
          WHERE
            NOT "t2"."points" IS NULL
          GROUP BY
            "t2"."points"
        ) AS "r3"
      ) AS "r4"
      WHERE
        (
          "r4"."upto" - "r4"."c"
        ) * CAST($p0 AS INT128) < "r4"."people" * CAST($p1 AS INT128)
    )
) AS "r5"
ORDER BY
  "r5"."key" ASC
