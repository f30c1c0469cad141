import { testOptimizers } from '../test/suite';

testOptimizers('wrappers');
