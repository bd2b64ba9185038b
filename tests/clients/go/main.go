// Makes the calls that it reads, a JSON document a line, through the Go SDK, and writes the answers so.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

type question struct {
	Endpoint    string `json:"endpoint"`
	Credentials struct {
		KeyID  string `json:"access_key_id"`
		Secret string `json:"secret_access_key"`
		Token  string `json:"session_token"`
		Region string `json:"region"`
	} `json:"credentials"`
	Service    string          `json:"service"`
	Operation  string          `json:"operation"`
	Parameters json.RawMessage `json:"parameters"`
}

func clientOf(q question) any {
	config := aws.Config{
		Region:           q.Credentials.Region,
		BaseEndpoint:     aws.String(q.Endpoint),
		Credentials:      credentials.NewStaticCredentialsProvider(q.Credentials.KeyID, q.Credentials.Secret, q.Credentials.Token),
		RetryMaxAttempts: 1,
	}
	switch q.Service {
	case "cloudwatch":
		return cloudwatch.NewFromConfig(config)
	case "sns":
		return sns.NewFromConfig(config)
	case "sqs":
		return sqs.NewFromConfig(config)
	case "sts":
		return sts.NewFromConfig(config)
	}
	return nil
}

func answer(line []byte) map[string]any {
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return map[string]any{"broken": err.Error()}
	}
	client := clientOf(q)
	if client == nil {
		return map[string]any{"broken": "no client of " + q.Service}
	}
	// the SDK's inputs carry the members' names, so that JSON fills them as it is
	method := reflect.ValueOf(client).MethodByName(q.Operation)
	if !method.IsValid() {
		return map[string]any{"broken": "no operation " + q.Operation}
	}
	input := reflect.New(method.Type().In(1).Elem())
	if err := json.Unmarshal(q.Parameters, input.Interface()); err != nil {
		return map[string]any{"broken": err.Error()}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	returned := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	if err, failed := returned[1].Interface().(error); failed {
		return refusal(err)
	}
	text, err := json.Marshal(returned[0].Interface())
	if err != nil {
		return map[string]any{"broken": err.Error()}
	}
	return map[string]any{"answer": json.RawMessage(text)}
}

func refusal(err error) map[string]any {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return map[string]any{"code": refused.ErrorCode(), "message": refused.ErrorMessage()}
	}
	return map[string]any{"broken": err.Error()}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, err := json.Marshal(answer(lines.Bytes()))
		if err != nil {
			text = []byte(fmt.Sprintf(`{"broken":%q}`, err))
		}
		fmt.Println(string(text))
	}
}
