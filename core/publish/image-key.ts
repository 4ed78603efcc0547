import { sha256 } from '../base/files/digest.ts'
import { canonical, type Data, toData } from '../base/model/key.ts'
import type { Plan } from '../build/plan.ts'
import type { Image } from '../contract/config/image.ts'
import { buildStages } from '../contract/plugin/stages.ts'
import { toolboxKey } from '../store/toolbox/recipe.ts'
import { machineInputs, runtimeInputs } from './layers.ts'
import { configOf } from './oci/config.ts'
import { ENTRYPOINT } from './oci/runtime.ts'
import { SNAPSHOT_VERSION } from './snapshot.ts'
import { NO_SOURCE_DATE } from './source-date.ts'

/** The stages that a published image went through. */
const PUBLISHED = [...buildStages, 'boot', 'test', 'publish'] as const

/**
 * The key of a whole image as it is published, known before anything runs: 64 hex digits. Two images of one key are
 * made from the same steps, tests included, with the same tools, and say the same of themselves, but for the time of
 * their sources and the version that a tag gives them.
 * Throws LAUNCHER_NOT_BUILT.
 */
export const imageKey = async (image: Image, plan: Plan): Promise<string> => {
  const { name, config } = image
  const { description, version = 'latest', labels, ports, platform } = config
  // what only a run tells, such as who logs in, is in the keys of the steps; the rest of the OCI config is here whole
  // when the sources were changed is not what they are
  const known = {
    created: NO_SOURCE_DATE,
    kind: 'machine',
    user: '',
    key: '',
    deadline: 0,
    ports: [],
    entrypoint: ENTRYPOINT,
  }
  return sha256(
    canonical({
      toolbox: toolboxKey,
      steps: PUBLISHED.flatMap((stage) => plan[stage].map(({ key }) => key)),
      runtime: toData(await runtimeInputs(image), 'the runtime layer'),
      machine: machineInputs(image),
      ...(config.machine.snapshot && { snapshot: SNAPSHOT_VERSION }),
      config: toData(configOf({ ...known, name, description, version, labels }, []), 'the image'),
      ports,
      platform: toData(platform, 'platform'),
    } satisfies Data),
  )
}
