# SPDX-License-Identifier: Apache-2.0
# Each python/<name>_test.py is one test, python.<name>: the SDK of sdk/python. They find the programs by
# FAIRLEAD_BIN_DIR. Debian's own interpreter is the one that sees python3-zmq and python3-msgpack, whatever is before it on
# the PATH. Without them the tests fail.

find_program(FAIRLEAD_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(FAIRLEAD_PYTHON NAMES python3)
mark_as_advanced(FAIRLEAD_PYTHON)

# python_test(name label): by unittest.
function(python_test name label)
    add_test(NAME python.${name} COMMAND "${FAIRLEAD_PYTHON}" -m unittest -v ${name}_test)
    set_tests_properties(python.${name} PROPERTIES LABELS "python;${label}" TIMEOUT 300
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/python"
        ENVIRONMENT "FAIRLEAD_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};PYTHONPATH=${PROJECT_SOURCE_DIR}/sdk/python;PYTHONDONTWRITEBYTECODE=1")
endfunction()

python_test(transcripts unit)
python_test(link integration)
if(TARGET fairlead-broker AND TARGET fairlead AND TARGET 10_hello_service)
    python_test(service integration)
    add_dependencies(fast_tests fairlead-broker fairlead 10_hello_service 50_call_another_service)
endif()
