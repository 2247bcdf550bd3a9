import { areaGroups } from "./cases/areas.ts";
import { testAreas } from "./test-areas.ts";

testAreas(areaGroups.operators);
