// The rooms behind S3.
#pragma once

#include "base/executor.h"
#include "base/random.h"
#include "storage/objects/blob_folder.h"
#include "storage/objects/object_store.h"

namespace tocsin::api::s3 {

struct Rooms {
  storage::StateExecutor& state;
  Executor& files;  ///< where bytes are read and written, so that the state waits for no disk
  storage::ObjectStore& objects;
  const storage::BlobFolder& blobs;
  Random& random;
};

}  // namespace tocsin::api::s3
