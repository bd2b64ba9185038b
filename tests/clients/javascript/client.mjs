// Makes the calls that it reads, a JSON document a line, through the JavaScript SDK, and writes the answers so.
import readline from "node:readline";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as sts from "@aws-sdk/client-sts";

const services = {
  cloudwatch: [cloudwatch, cloudwatch.CloudWatchClient],
  sns: [sns, sns.SNSClient],
  sqs: [sqs, sqs.SQSClient],
  sts: [sts, sts.STSClient],
};
const moments = new Set(["Timestamp", "StartTime", "EndTime", "StartDate", "EndDate"]);

// the SDK wants Date objects
const withMoments = (name, value) => (moments.has(name) && typeof value === "string" ? new Date(value) : value);

async function answer(line) {
  const call = JSON.parse(line, withMoments);
  const [sdk, Client] = services[call.service];
  const credentials = { accessKeyId: call.credentials.access_key_id, secretAccessKey: call.credentials.secret_access_key, sessionToken: call.credentials.session_token };
  const client = new Client({ endpoint: call.endpoint, region: call.credentials.region, credentials, maxAttempts: 1 });
  try {
    const { $metadata, ...rest } = await client.send(new sdk[call.operation + "Command"](call.parameters));
    return { answer: rest };
  } catch (error) {
    return error.$metadata ? { code: error.Code ?? error.name, message: error.message } : { broken: String(error.stack) };
  } finally {
    client.destroy();
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) console.log(JSON.stringify(await answer(line)));
