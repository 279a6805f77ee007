# The check has to find each mistake of mistakes.md at its line, and nothing else.
execute_process(COMMAND ${CHECK} ${TREE} ${HERE}/mistakes.md RESULT_VARIABLE result
                ERROR_VARIABLE said)
if(result EQUAL 0)
  message(FATAL_ERROR "a document full of mistakes passes")
endif()
string(REGEX MATCHALL "mistakes\\.md:[0-9]+" lines "${said}")
list(TRANSFORM lines REPLACE ".*:" "")
# The 17 other standards have no section at all: told at the end, as line 12.
set(expected 5 6 7 8 9 10 11)
list(REMOVE_ITEM lines 12)
if(NOT "${lines}" STREQUAL "${expected}")
  message(FATAL_ERROR "mistakes in lines ${expected}, found in ${lines}:\n${said}")
endif()
string(REGEX MATCHALL "no section for (RFC|TS) [0-9.]+" missing "${said}")
list(LENGTH missing count)
if(NOT count EQUAL 17)
  message(FATAL_ERROR "${count} standards without a section:\n${said}")
endif()
