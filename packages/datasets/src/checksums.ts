/**
 * SHA-256 of every data file's JSON, before compression. Written by the scripts in golden/datasets; not by hand.
 */
export const checksums = {
  "breast-cancer": "16efc5fd1bed9c86b347292a5016749fbe9acd2a9a5c990313e08bfc5e83a48c",
  definitions: "aded2dde865796a0822c8e5186520b68c600c55c5a453df1745521238bb5289a",
  diabetes: "059c818ed76cdd93626ffee2744ad222d1254b91d3a00e26db619f7fa53febd8",
  digits: "92662a817c215b65cd8275f0ec55e843a3ea4b6d34c61ef868281d74f74f52bb",
  iris: "8362cc3f641a524c85a6e958c46e87072690440f13adef25e05dee5b19a3018a",
  "state-of-the-union": "e044efbb69d9fd281d0f2d3e2cdab125cda6d0c8ea3f2eca4554469b791ef8e1",
  wine: "d6c1e5b339651aab67acebd1370f8c2a29a192caf45eb4387ad2923c4d180253",
} as const;
