import { LogisticRegression, StandardScaler } from "@skein-ml/classical";
import { loadIris } from "@skein-ml/datasets";

const { X, y } = await loadIris();
const scaled = await new StandardScaler().fitTransform(X);
const model = await new LogisticRegression().fit(scaled, y);
console.log(await model.score(scaled, y));
