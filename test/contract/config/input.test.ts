import { expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type { ImageInput } from '../../../core/contract/config/input.ts'
import type { imageSchema } from '../../../core/contract/config/schema.ts'

// checked by the compiler
test('what an editor knows of a config is what the schema takes', () => {
  expectTypeOf<ImageInput>().toEqualTypeOf<z.input<typeof imageSchema>>()
})
