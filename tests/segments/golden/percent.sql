WITH "valued3" AS MATERIALIZED (
  SELECT
    "t2"."_row" AS "row",
    "t2"."points" AS "v"
  FROM "shop"."customers" AS "t2"
  WHERE
    NOT "t2"."points" IS NULL
)
SELECT
  "r6"."key"
FROM (
  SELECT
    CAST("t1"."customer_id" AS TEXT) AS "key"
  FROM "shop"."customers" AS "t1"
  WHERE
    "t1"."_row" IN (
      SELECT
        "valued3"."row"
      FROM "valued3"
      WHERE
        "valued3"."v" >= (
          SELECT
            "r5"."v"
          FROM (
            SELECT
              "valued3"."v"
            FROM "valued3"
          ) AS "r5"
          ORDER BY
            "r5"."v" DESC
          LIMIT 1
          OFFSET (
            SELECT
              CAST((
                CAST(COUNT(*) AS INT128) * CAST($p0 AS INT128) - 1
              ) // CAST($p1 AS INT128) AS BIGINT)
            FROM (
              SELECT
                "valued3"."v"
              FROM "valued3"
            ) AS "r4"
          )
        )
    )
) AS "r6"
ORDER BY
  "r6"."key" ASC
