"""The signer against the worked example of the documentation."""
import unittest

from aws_client import sign


class SigV4(unittest.TestCase):
    def test_the_documented_example(self):
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "host": "iam.amazonaws.com", "x-amz-date": "20150830T123600Z"}
        authorization = sign("GET", "/", [("Action", "ListUsers"), ("Version", "2010-05-08")], headers, b"", "iam", "us-east-1", "AKIDEXAMPLE",
                             "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830T123600Z")
        self.assertTrue(authorization.endswith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"), authorization)


if __name__ == "__main__":
    unittest.main()
