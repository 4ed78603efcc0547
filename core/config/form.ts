import type { z } from 'zod'

/**
 * A schema for texts of a form that an editor can check too: `T` is a template literal type. The type may let through
 * what the schema refuses, and nothing else.
 */
export const ofForm = <T extends string>(schema: z.ZodType<string, string>): z.ZodType<T, T> =>
  schema as unknown as z.ZodType<T, T>
