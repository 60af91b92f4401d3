import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const root = path.resolve(__dirname, '../..');

/** The text of a file of the project. */
export const readText = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const service = z.object({
  build: z.string().optional(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z
    .record(
      z.string(),
      z.object({
        condition: z.enum(['service_healthy', 'service_completed_successfully', 'service_started']),
      }),
    )
    .default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});

const file = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

/** docker-compose.yml as the tests read it. */
export const compose = file.parse(parse(readText('docker-compose.yml'), { merge: true }));

/** The services that run the image of this project. */
export const ownServices = Object.entries(compose.services).filter(
  ([, { build }]) => build !== undefined,
);
