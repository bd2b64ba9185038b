# The service models: botocore's wheel, pinned by its hash, fetched once with pip into a folder that all presets share.
set(TOCSIN_BOTOCORE_VERSION 1.44.5)
set(TOCSIN_BOTOCORE_SHA256 8f16a56d1dff125dd65322ae021efa7ba5195a6db5102b96862566055b748921)
# guardduty, securityhub, detective, lambda join when they are served; of ec2 the packing keeps only the shapes of what is
set(TOCSIN_SERVICES chatbot sns sts iam sqs cloudwatch logs events cloudtrail ssm ssm-contacts ssm-incidents scheduler xray health s3 ec2)

if(DEFINED ENV{TOCSIN_DOWNLOADS})
  set(TOCSIN_DOWNLOADS $ENV{TOCSIN_DOWNLOADS} CACHE PATH "where packages fetched while configuring are kept")
else()
  set(TOCSIN_DOWNLOADS ${CMAKE_SOURCE_DIR}/.cache/downloads CACHE PATH "where packages fetched while configuring are kept")
endif()

# tocsin_fetch_botocore(VARIABLE): the path of the wheel; configuring fails when it cannot be had or is not the pinned one.
function(tocsin_fetch_botocore variable)
  set(wheel ${TOCSIN_DOWNLOADS}/botocore-${TOCSIN_BOTOCORE_VERSION}-py3-none-any.whl)
  if(NOT EXISTS ${wheel})
    file(MAKE_DIRECTORY ${TOCSIN_DOWNLOADS})
    message(STATUS "fetching botocore ${TOCSIN_BOTOCORE_VERSION} (service models)")
    execute_process(COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --no-deps --disable-pip-version-check --only-binary=:all: --dest ${TOCSIN_DOWNLOADS}
                            botocore==${TOCSIN_BOTOCORE_VERSION}
                    RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "botocore ${TOCSIN_BOTOCORE_VERSION} could not be fetched with pip (Debian: python3-pip, scripts/deps.sh build)")
    endif()
  endif()
  file(SHA256 ${wheel} found)
  if(NOT found STREQUAL TOCSIN_BOTOCORE_SHA256)
    file(REMOVE ${wheel})
    message(FATAL_ERROR "botocore's wheel has SHA-256 ${found}, not the pinned ${TOCSIN_BOTOCORE_SHA256}")
  endif()
  set(${variable} ${wheel} PARENT_SCOPE)
endfunction()
