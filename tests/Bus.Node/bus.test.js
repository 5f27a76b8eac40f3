// docs/asyncapi.yaml holds for a caller without .NET.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import amqplib from 'amqplib';
import { start, until } from './service.js';

const events = ['OrderSubmitted', 'OrderCompleted', 'OrderCancelled', 'OrderRejected'];
const received = [];
let service, connection, channel;

before(async () => {
  const broker = process.env.ORDERSAGA_TEST_RABBITMQ;
  assert.ok(broker, 'Set ORDERSAGA_TEST_RABBITMQ: eval "$(scripts/servers-up --env)"');
  service = await start(broker);
  connection = await amqplib.connect(service.amqp);
  channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue(`${service.user}.test`, { exclusive: true });
  for (const event of events) await channel.bindQueue(queue, `OrderSaga.Contracts:${event}`, '');
  await channel.consume(queue, take, { noAck: true });
});

after(async () => {
  await connection?.close();
  await service?.stop();
});

test('an order placed as plain JSON is submitted, then completed', async () => {
  submit(order('node-1'));
  const submitted = await told('OrderSubmitted', 'node-1');
  assert.equal(submitted.merchant, 'demo');
  assert.deepEqual(submitted.total, { amount: 2500, currency: 'EUR' });
  assert.deepEqual(submitted.lines, [{ sku: 'tea-001', quantity: 2 }]);
  const completed = await told('OrderCompleted', 'node-1');
  assert.equal(completed.orderId, submitted.orderId);
  assert.deepEqual(completed.total, submitted.total);
});

test('a repeated key returns the same order', async () => {
  submit(order('node-2'));
  const first = await told('OrderSubmitted', 'node-2');
  submit(order('node-2'));
  submit(order('node-2'));
  const again = await told('OrderSubmitted', 'node-2', 3);
  assert.deepEqual(again, first);
  await told('OrderCompleted', 'node-2');
  assert.equal(all('OrderCompleted', 'node-2').length, 1);
});

test('an invalid order is rejected with a reason', async () => {
  submit(order('node-3', { lines: [{ sku: 'no-such-thing', quantity: 1 }] }));
  const rejected = await told('OrderRejected', 'node-3');
  assert.equal(rejected.code, 'unknown-sku');
  assert.match(rejected.detail, /price list/);
  assert.equal(all('OrderSubmitted', 'node-3').length, 0);
});

test('an order without a user-id is rejected', async () => {
  publish(JSON.stringify(order('node-6')), {});
  const rejected = await told('OrderRejected', 'node-6');
  assert.equal(rejected.code, 'forbidden');
  assert.equal(rejected.merchant, '');
});

test('a declined card cancels the order', async () => {
  submit(order('node-4', { payment: { method: 'card', token: 'tok_declined' } }));
  const cancelled = await told('OrderCancelled', 'node-4');
  assert.match(cancelled.reason, /declined/);
});

test('a body that is not JSON delays no other message', async () => {
  publish('{"merchant":');
  submit(order('node-5'));
  await told('OrderCompleted', 'node-5');
});

test('the example of docs/integration.md prints both events', async () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const file = join(import.meta.dirname, `example-${process.pid}.mjs`);
  writeFileSync(file, page.split('```js\n')[1].split('```')[0]);
  const example = spawn('node', [file], { env: { ...process.env, AMQP_URL: service.amqp } });
  let printed = '';
  example.stdout.on('data', text => (printed += text));
  example.stderr.on('data', text => (printed += text));
  const gone = new Promise(resolve => example.once('exit', resolve));
  try {
    await until(30_000, 'the example prints both events', () => {
      if (example.exitCode !== null) throw new Error(`The example ended:\n${printed}`);
      return /OrderSubmitted \{[^]*my-shop-1[^]*OrderCompleted \{[^]*my-shop-1/.test(printed);
    });
  } finally {
    example.kill('SIGKILL');
    await gone;
    rmSync(file);
  }
});

function order(idempotencyKey, other = {}) {
  return {
    merchant: 'demo',
    idempotencyKey,
    currency: 'EUR',
    lines: [{ sku: 'tea-001', quantity: 2 }],
    payment: { method: 'card', token: 'tok_ok' },
    ...other,
  };
}

const submit = command => publish(JSON.stringify(command));

const publish = (body, sender = { userId: service.user }) =>
  channel.publish('submit-order', '', Buffer.from(body), { contentType: 'application/json', persistent: true, ...sender });

// Events come in an envelope: the message is under `message`.
function take(delivery) {
  const body = JSON.parse(delivery.content.toString());
  received.push({ event: delivery.fields.exchange.split(':')[1], ...body.message });
}

const all = (event, key) => received.filter(one => one.event === event && one.idempotencyKey === key);

async function told(event, key, count = 1) {
  await until(30_000, `${count} ${event} for ${key}`, () => all(event, key).length >= count);
  return all(event, key)[count - 1];
}
